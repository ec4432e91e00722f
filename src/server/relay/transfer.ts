import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { FoundArtifact } from "@/server/domain/artifact/find-artifact";
import { AppError } from "@/server/errors";
import { hashSecret, newSecret } from "@/server/secrets";
import { artifactHeaders } from "./artifact-headers.ts";
import { createVerifier } from "./verify-stream.ts";

/** An upload that brings nothing for this long is broken off, in milliseconds. */
const STALL_MS = 60_000;

/** One time that the runner was asked: until it begins to send, and then until it ends. */
type Attempt = {
  tokenHash: string;
  /** By the monotonic clock. */
  expiresAt: number;
  begun: boolean;
  onBegun: () => void;
  onEnd: (outcome: "whole" | "broken") => void;
  onFailed: (error: unknown) => void;
};

/**
 * A file on its way from a runner to somebody who asked for it: the bytes go straight through and nothing of it is kept. What breaks off is
 * gone on with where it stopped, for as long as the receiver stays.
 */
export class Transfer {
  readonly artifact: FoundArtifact;
  readonly #response: ServerResponse;
  readonly #sink: ReturnType<typeof createVerifier>;
  /** Bytes that went on, or are held to see whether the hash is right. */
  #taken = 0;
  #flow: Promise<void> | undefined;
  #attempt: Attempt | undefined;

  constructor(artifact: FoundArtifact, response: ServerResponse) {
    this.artifact = artifact;
    this.#response = response;
    this.#sink = createVerifier(artifact);
    // told by #flow; without a listener, an error before that would end the process
    this.#sink.on("error", () => {});
    response.once("close", () => this.end(new AppError("NOT_FOUND")));
  }

  /** Bytes that the runner need not send again. */
  get taken(): number {
    return this.#taken;
  }

  /** The receiver has seen a part of it. */
  get hasBegun(): boolean {
    return this.#flow !== undefined;
  }

  /** Ends what is under way: with the reason for whoever waits, when nothing has been seen of it yet. */
  end(reason: AppError): void {
    this.#attempt?.onFailed(reason);
    if (this.hasBegun) this.#response.destroy();
  }

  /**
   * Waits for one upload, which `ask` has the runner make with this token; it must begin within `beginMs` milliseconds.
   * @returns whether the file is whole now; otherwise it broke off and may be gone on with
   * @throws what `ask` throws, AppError RUNNER_TIMEOUT, ARTIFACT_GONE when the bytes are not those, NOT_FOUND when the receiver left
   */
  async receive(ask: (token: string) => Promise<void>, limits: { beginMs: number; tokenMs: number }): Promise<"whole" | "broken"> {
    const token = newSecret();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((onEnd, onFailed) => {
        timer = setTimeout(() => onFailed(new AppError("RUNNER_TIMEOUT")), limits.beginMs);
        this.#attempt = {
          tokenHash: hashSecret(token),
          expiresAt: performance.now() + limits.tokenMs,
          begun: false,
          onBegun: () => clearTimeout(timer),
          onEnd,
          onFailed,
        };
        ask(token).catch(onFailed);
      });
    } finally {
      clearTimeout(timer);
      this.#attempt = undefined;
    }
  }

  /** Takes an upload in. @throws AppError NOT_FOUND for another token or one that is over, CONFLICT, ARTIFACT_GONE for another size */
  async take(request: IncomingMessage, response: ServerResponse, token: string | undefined): Promise<void> {
    const attempt = this.#attempt;
    // one answer for what never was, is over, or belongs to another token
    if (!attempt || !token || attempt.tokenHash !== hashSecret(token) || attempt.expiresAt < performance.now()) {
      throw new AppError("NOT_FOUND");
    }
    if (attempt.begun) throw new AppError("CONFLICT");
    const skip = this.#toSkip(request.headers["content-length"]);
    if (skip === undefined) {
      const error = new AppError("ARTIFACT_GONE", { userMessage: "The file on the runner is not the one that the run left behind." });
      attempt.onFailed(error);
      throw error;
    }
    attempt.begun = true;
    attempt.onBegun();
    const { socket } = request;
    socket.setTimeout(STALL_MS, () => void socket.destroy());
    try {
      this.#begin();
      const isWhole = await this.#pour(request, skip);
      if (isWhole) {
        this.#sink.end();
        await this.#flow;
        response.writeHead(204).end();
      }
      attempt.onEnd(isWhole ? "whole" : "broken");
    } catch (error) {
      attempt.onFailed(error);
      // whoever does not stop sending is cut off
      response.writeHead(410, { connection: "close" }).end(() => socket.destroy());
    } finally {
      socket.setTimeout(0);
    }
  }

  /** What comes again though it was taken: nothing, or all of it from a runner that knows no offsets. Undefined for another file. */
  #toSkip(declared: string | undefined): number | undefined {
    const { bytes } = this.artifact;
    if (declared === undefined || Number(declared) === bytes - this.#taken) return 0;
    return Number(declared) === bytes ? this.#taken : undefined;
  }

  #begin(): void {
    if (this.#flow) return;
    this.#response.writeHead(200, artifactHeaders(this.artifact));
    this.#flow = pipeline(this.#sink, this.#response);
    // each upload looks at it too; between two of them nobody does
    this.#flow.catch(() => {});
  }

  /** @returns whether all came. @throws when what came is not the file, or the receiver has left */
  async #pour(request: IncomingMessage, skip: number): Promise<boolean> {
    let left = skip;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        const fresh = chunk.subarray(Math.min(left, chunk.length));
        left -= chunk.length - fresh.length;
        if (fresh.length === 0) continue;
        this.#taken += fresh.length;
        if (!this.#sink.write(fresh)) await Promise.race([once(this.#sink, "drain"), this.#flow]);
        if (this.#sink.destroyed) throw new AppError("ARTIFACT_GONE");
      }
    } catch (error) {
      if (this.#sink.destroyed || this.#response.destroyed) throw error;
      return false;
    }
    return true;
  }
}

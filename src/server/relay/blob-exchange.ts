import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { receipt } from "@deskhand/shared/protocol/commands";
import { id } from "@deskhand/shared/schemas/common";
import { authenticateRequest } from "@/server/authenticate-request";
import { type FoundArtifact, findArtifact } from "@/server/domain/artifact/find-artifact";
import { AppError, errorTable, toAppError } from "@/server/errors";
import { hashSecret, newSecret } from "@/server/secrets";
import { artifactHeaders } from "./artifact-headers.ts";
import { FORWARDED, forwardUpload } from "./forward-upload.ts";
import { contextFor, type RelayParts } from "./parts.ts";
import type { ReachRunner } from "./reach-runner.ts";
import { openAddress, sealAddress } from "./sealed-address.ts";
import { createVerifier } from "./verify-stream.ts";

/** A download that waits for its runner's upload, or runs. */
type Transfer = {
  artifact: FoundArtifact;
  tokenHash: string;
  response: ServerResponse;
  state: "waiting" | "running";
  /** When the token stops being good, by the monotonic clock. */
  expiresAt: number;
  /** Ends the waiting: with the error that the viewer is told, or without one when the upload has begun. */
  settle(error?: unknown): void;
};

const artifactPath = /^\/api\/v1\/artifacts\/([^/]+)\/content$/;
/** The process that waits for it, sealed, and the transfer there. */
const blobPath = /^\/relay\/blobs\/([^/]+)\/([^/]+)$/;

/** An upload that brings nothing for this long is broken off, in milliseconds. */
const STALL_MS = 60_000;

/**
 * Reads artifacts from the runner that has them: somebody GETs one here, the runner is asked for it and PUTs it here, and the bytes
 * go straight through. Nothing of it is kept. The bytes are held against the hash that the run reported; a file that was changed is
 * broken off before its end, so that nobody takes it for the whole.
 */
export function createBlobExchange(parts: RelayParts, reach: ReachRunner) {
  const transfers = new Map<string, Transfer>();
  const here = sealAddress(parts.env.AUTH_SECRET, parts.env.INSTANCE_URL);

  async function download(request: IncomingMessage, response: ServerResponse, artifactId: string): Promise<void> {
    const actor = await authenticateRequest(headersOf(request), parts);
    if (!id.safeParse(artifactId).success) throw new AppError(actor.kind === "anonymous" ? "UNAUTHENTICATED" : "NOT_FOUND");
    const artifact = await findArtifact(contextFor(parts, actor), artifactId);
    const busy = [...transfers.values()].filter((transfer) => transfer.artifact.runnerId === artifact.runnerId);
    if (busy.length >= parts.limits.transfersPerRunner) throw new AppError("RATE_LIMITED", { retryAfterMs: 1_000 });

    const transferId = randomUUID();
    const token = newSecret();
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new AppError("RUNNER_TIMEOUT")), parts.limits.requestMs);
        const settle = (error?: unknown) => {
          clearTimeout(timer);
          if (error) reject(error);
          else resolve();
        };
        response.once("close", () => settle(new AppError("NOT_FOUND")));
        transfers.set(transferId, {
          artifact,
          tokenHash: hashSecret(token),
          response,
          state: "waiting",
          expiresAt: performance.now() + parts.limits.transferMs,
          settle,
        });
        const message = { v: 1, artifactId, runId: artifact.runId, uploadPath: `/relay/blobs/${here}/${transferId}`, token };
        reach(artifact.runnerId, { event: "artifact-request", message }, receipt).then((answer) => {
          if (!answer.ok) settle(new AppError(answer.code));
        }, settle);
      });
    } catch (error) {
      transfers.delete(transferId);
      throw error;
    }
  }

  async function upload(request: IncomingMessage, response: ServerResponse, transferId: string): Promise<void> {
    const transfer = transfers.get(transferId);
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    // one answer for a transfer that never was, is over, or belongs to another token
    if (!transfer || !token || transfer.tokenHash !== hashSecret(token) || transfer.expiresAt < performance.now()) {
      throw new AppError("NOT_FOUND");
    }
    if (transfer.state === "running") throw new AppError("CONFLICT");
    const declared = request.headers["content-length"];
    if (declared !== undefined && Number(declared) !== transfer.artifact.bytes) {
      const error = new AppError("ARTIFACT_GONE", { userMessage: "The file on the runner is not the one that the run left behind." });
      transfers.delete(transferId);
      transfer.settle(error);
      throw error;
    }
    transfer.state = "running";
    transfer.settle();
    const { socket } = request;
    socket.setTimeout(STALL_MS, () => void socket.destroy());
    try {
      transfer.response.writeHead(200, artifactHeaders(transfer.artifact));
      await pipeline(request, createVerifier(transfer.artifact), transfer.response);
      response.writeHead(204).end();
    } catch (error) {
      // the viewer left, the runner stopped, or the bytes are not those: the connection is broken off on both sides
      parts.logger.info({ artifactId: transfer.artifact.id, err: error instanceof AppError ? error : undefined }, "a transfer broke off");
      transfer.response.destroy();
      // the pipeline leaves the runner's socket open; whoever does not stop sending is cut off
      response.writeHead(errorTable.ARTIFACT_GONE.http, { connection: "close" }).end(() => socket.destroy());
    } finally {
      transfers.delete(transferId);
      socket.setTimeout(0);
    }
  }

  /** The process that waits for this upload when a load balancer brought it to us; what another one passed on stays here. */
  function otherProcess(request: IncomingMessage, address: string): URL | undefined {
    if (request.headers[FORWARDED] !== undefined) return undefined;
    const other = openAddress(parts.env.AUTH_SECRET, address);
    return other?.origin === parts.env.INSTANCE_URL ? undefined : other;
  }

  function answer(work: Promise<void>, response: ServerResponse): true {
    work.catch((error: unknown) => {
      const { code, userMessage, cause } = toAppError(error);
      if (code === "INTERNAL") parts.logger.error({ err: cause }, "a transfer failed");
      if (response.headersSent || response.destroyed) return void response.destroy();
      const body = JSON.stringify({ code, message: userMessage ?? messages[code] ?? code });
      response.writeHead(errorTable[code].http, { "content-type": "application/json", "cache-control": "no-store" }).end(body);
    });
    return true;
  }

  return {
    handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
      const path = request.url?.split("?", 1)[0] ?? "";
      const artifactId = artifactPath.exec(path)?.[1];
      const [, address = "", transferId] = blobPath.exec(path) ?? [];
      if (artifactId === undefined && !path.startsWith("/relay/")) return false;
      if (artifactId !== undefined && request.method === "GET") return answer(download(request, response, artifactId), response);
      if (transferId !== undefined && request.method === "PUT") {
        const other = transfers.has(transferId) ? undefined : otherProcess(request, address);
        return answer(other ? forwardUpload(request, response, new URL(path, other)) : upload(request, response, transferId), response);
      }
      const known = artifactId !== undefined || transferId !== undefined;
      response.writeHead(known ? 405 : 404, known ? { allow: artifactId === undefined ? "PUT" : "GET" } : {}).end();
      return true;
    },
    /** Breaks off what is under way. */
    close() {
      for (const { settle, response } of transfers.values()) {
        settle(new AppError("RUNNER_OFFLINE"));
        if (response.headersSent) response.destroy();
      }
    },
  };
}

const messages: Partial<Record<AppError["code"], string>> = {
  UNAUTHENTICATED: "Sign in, or send an API key.",
  NOT_FOUND: "There is no such artifact.",
  RUNNER_OFFLINE: "The runner is offline; this is on it. Start the runner and try again.",
  RUNNER_TIMEOUT: "The runner did not answer in time. Try again.",
  ARTIFACT_GONE: "The runner does not keep this any more.",
  RATE_LIMITED: "The runner is sending many files already. Try again in a moment.",
  DATABASE_UNAVAILABLE: "The database cannot be reached. Try again in a moment.",
};

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, [value].flat().join(", "));
  return headers;
}

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { receipt } from "@deskhand/shared/protocol/commands";
import { id } from "@deskhand/shared/schemas/common";
import { authenticateRequest } from "@/server/authenticate-request";
import { findArtifact } from "@/server/domain/artifact/find-artifact";
import { AppError, errorTable, toAppError } from "@/server/errors";
import { FORWARDED, forwardUpload } from "./forward-upload.ts";
import { contextFor, type RelayParts } from "./parts.ts";
import type { ReachRunner } from "./reach-runner.ts";
import { openAddress, sealAddress } from "./sealed-address.ts";
import { Transfer } from "./transfer.ts";

const artifactPath = /^\/api\/v1\/artifacts\/([^/]+)\/content$/;
/** The process that waits for it, sealed, and the transfer there. */
const blobPath = /^\/relay\/blobs\/([^/]+)\/([^/]+)$/;

/** How long after a break the runner is asked again, in milliseconds. */
const ASK_AGAIN_MS = 500;

/**
 * Reads artifacts from the runner that has them: somebody GETs one here, the runner is asked for it and PUTs it here, and the bytes
 * go straight through. Nothing of it is kept. The bytes are held against the hash that the run reported; a file that was changed is
 * broken off before its end, so that nobody takes it for the whole. An upload that breaks off goes on where it stopped.
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
    const transfer = new Transfer(artifact, response);
    transfers.set(transferId, transfer);
    try {
      await carry(transfer, transferId);
    } catch (error) {
      if (!transfer.hasBegun) throw error;
      // it was seen in part: only the end of the connection says that this is not all
      parts.logger.info({ artifactId, err: error instanceof AppError ? error : undefined }, "a transfer broke off");
      response.destroy();
    } finally {
      transfers.delete(transferId);
    }
  }

  /** Has the runner send the file, and go on with it where it broke off, until it is whole. @throws why it is not */
  async function carry(transfer: Transfer, transferId: string): Promise<void> {
    const { artifact } = transfer;
    const { requestMs, transferMs, resumeMs } = parts.limits;
    let lastTaken = 0;
    let giveUpAt = performance.now() + resumeMs;
    for (;;) {
      const ask = async (token: string) => {
        const uploadPath = `/relay/blobs/${here}/${transferId}`;
        const message = { v: 1, artifactId: artifact.id, runId: artifact.runId, uploadPath, token, offset: transfer.taken };
        const answer = await reach(artifact.runnerId, { event: "artifact-request", message }, receipt);
        if (!answer.ok) throw new AppError(answer.code);
      };
      try {
        if ((await transfer.receive(ask, { beginMs: requestMs, tokenMs: transferMs })) === "whole") return;
      } catch (error) {
        const passes = transfer.hasBegun && error instanceof AppError && passing.includes(error.code);
        if (!passes || performance.now() > giveUpAt) throw error;
      }
      if (transfer.taken > lastTaken) giveUpAt = performance.now() + resumeMs;
      else if (performance.now() > giveUpAt) throw new AppError("RUNNER_TIMEOUT");
      lastTaken = transfer.taken;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  async function upload(request: IncomingMessage, response: ServerResponse, transferId: string): Promise<void> {
    const transfer = transfers.get(transferId);
    if (!transfer) throw new AppError("NOT_FOUND");
    await transfer.take(request, response, /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1]);
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
      for (const transfer of transfers.values()) transfer.end(new AppError("RUNNER_OFFLINE"));
    },
  };
}

/** What may be over soon: the way to the runner is broken. */
const passing: readonly AppError["code"][] = ["RUNNER_OFFLINE", "RUNNER_TIMEOUT", "MESSAGE_INVALID"];

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

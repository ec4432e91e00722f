import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PARCEL_PATH } from "@deskhand/shared/protocol/parcels";
import { id as uuid } from "@deskhand/shared/schemas/common";
import { deleteParcel } from "@/server/domain/parcel/delete-parcel";
import { fillParcel } from "@/server/domain/parcel/fill-parcel";
import { findParcel, readParcel } from "@/server/domain/parcel/queries";
import { AppError, errorTable, toAppError } from "@/server/errors";
import { contextFor, type RelayParts } from "./parts.ts";

/** One that brings or takes nothing for this long is cut off, in milliseconds. */
const STALL_MS = 60_000;

/** Puts sealed files there and gives them out, to whoever has their token; see packages/shared/src/protocol/parcels.ts. */
export function createParcelExchange(parts: RelayParts) {
  const ctx = contextFor(parts, { kind: "system" });

  async function carry(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (!uuid.safeParse(id).success) throw new AppError("NOT_FOUND");
    request.socket.setTimeout(STALL_MS, () => void request.socket.destroy());
    if (request.method === "PUT") {
      await fillParcel(ctx, { id, token, content: request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer> });
      response.writeHead(204).end();
    } else if (request.method === "HEAD") {
      // whoever put it there sees when it is over
      const { bytes } = await findParcel(ctx, { id, token });
      response.writeHead(bytes === null ? 204 : 200, { "cache-control": "no-store" }).end();
    } else if (request.method === "GET") {
      const { bytes } = await findParcel(ctx, { id, token });
      if (bytes === null) throw new AppError("NOT_FOUND");
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        "content-length": bytes,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
      });
      await pipeline(Readable.from(readParcel(ctx, { id, bytes }), { objectMode: false }), response);
    } else {
      await deleteParcel(ctx, { id, token });
      response.writeHead(204).end();
    }
  }

  return {
    /** @returns false for what is no parcel's */
    handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
      const path = request.url?.split("?", 1)[0] ?? "";
      if (!path.startsWith(PARCEL_PATH)) return false;
      if (!["GET", "HEAD", "PUT", "DELETE"].includes(request.method ?? "")) {
        response.writeHead(405, { allow: "GET, HEAD, PUT, DELETE" }).end();
        return true;
      }
      carry(request, response, path.slice(PARCEL_PATH.length))
        .catch((error: unknown) => {
          const { code, cause } = toAppError(error);
          if (code === "INTERNAL" && !request.errored) parts.logger.error({ err: cause }, "a parcel could not be carried");
          if (response.headersSent || response.destroyed) return void response.destroy();
          // whoever goes on sending is cut off
          const headers = { "content-type": "application/json", "cache-control": "no-store", connection: "close" };
          response.writeHead(errorTable[code].http, headers).end(JSON.stringify({ code, message: code }));
        })
        .finally(() => request.socket.setTimeout(0));
      return true;
    },
  };
}

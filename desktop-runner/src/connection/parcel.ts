import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PARCEL_PATH } from "@deskhand/shared/protocol/parcels";
import { requestOf } from "./upload.ts";

/** Where a sealed file is on its way, and the word that opens the way. */
export type ParcelPlace = { serverUrl: string; parcelId: string; token: string; signal: AbortSignal };

/** No byte for this long ends a transfer, milliseconds. */
const stalledMs = 60_000;

/** The server did not take the parcel, or has it no more. */
export class ParcelError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

/** What has been put there, sealed as it is. @throws ParcelError, errors of the network */
export async function fetchParcel(place: ParcelPlace): Promise<Readable> {
  const response = await ask(place, "GET");
  if (response.statusCode === 200) return response;
  response.resume();
  throw new ParcelError(response.statusCode ?? 0);
}

/** Puts it there; what was begun before is put anew. @throws ParcelError, errors of the network and of the file */
export async function sendParcel(place: ParcelPlace, file: Readable): Promise<void> {
  const response = await ask(place, "PUT", file);
  response.resume();
  if (response.statusCode !== 204) throw new ParcelError(response.statusCode ?? 0);
}

/** Whether it is there whole, is still to come, or is over: taken, removed, or nobody's any more. @throws errors of the network */
export async function lookForParcel(place: ParcelPlace): Promise<"whole" | "open" | "over"> {
  const response = await ask(place, "HEAD");
  response.resume();
  if (response.statusCode === 200) return "whole";
  if (response.statusCode === 204) return "open";
  if (response.statusCode === 404) return "over";
  throw new ParcelError(response.statusCode ?? 0);
}

function ask(
  { serverUrl, parcelId, token, signal }: ParcelPlace,
  method: "GET" | "HEAD" | "PUT",
  file?: Readable,
): Promise<IncomingMessage> {
  const url = new URL(`${PARCEL_PATH}${parcelId}`, serverUrl);
  return new Promise((resolve, reject) => {
    const request = requestOf(url.protocol)(url, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal,
    });
    request.setTimeout(stalledMs, () => request.destroy(new Error("the transfer stalled")));
    // a server that has seen enough answers before the end, and that answer is what counts
    let isAnswered = false;
    request.once("response", (response) => {
      isAnswered = true;
      resolve(response);
    });
    if (file) pipeline(file, request).catch((error: unknown) => isAnswered || reject(error));
    else request.end();
    request.on("error", reject);
  });
}

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { pipeline } from "node:stream/promises";

// not by import: making node:http's names importable reads them all, and one of them loads undici (2 MB for the idle runner); and only what
// the address asks for, when it does: TLS takes 5 MB
const builtin = createRequire(import.meta.url);
/** How to ask a server, by its address's protocol. */
export const requestOf = (protocol: string) =>
  (builtin(protocol === "https:" ? "node:https" : "node:http") as typeof import("node:http") | typeof import("node:https")).request;

export type Upload = { url: URL; token: string; file: string; contentType: string /** Where to begin, bytes. */; offset: number };

/** No byte for this long ends a transfer, milliseconds. */
const stalledMs = 30_000;

/**
 * Opens the file and begins to send it by HTTP PUT. Resolves to false when there is no such file, to true once it is open; how the
 * transfer itself goes is the receiver's to see. Node's own client instead of fetch: it is loaded anyway and costs no memory.
 */
export async function beginUpload({ url, token, file, contentType, offset }: Upload, onFailed: (error: unknown) => void): Promise<boolean> {
  let size: number;
  try {
    const handle = await open(file, "r");
    size = (await handle.stat()).size;
    await handle.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  // shorter than what was sent of it: not that file any more
  if (size < offset) return false;
  const request = requestOf(url.protocol)(url, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": contentType, "content-length": size - offset },
  });
  request.setTimeout(stalledMs, () => request.destroy(new Error("the transfer stalled")));
  request.on("error", onFailed);
  request.on("response", (response) => {
    response.resume();
    if (response.statusCode !== undefined && response.statusCode >= 300) onFailed(new Error(`the server answered ${response.statusCode}`));
  });
  // `end` bounds the read to the size that was announced: a log may still grow
  const source = size > offset ? createReadStream(file, { start: offset, end: size - 1 }) : undefined;
  if (source) pipeline(source, request).catch(onFailed);
  else request.end();
  return true;
}

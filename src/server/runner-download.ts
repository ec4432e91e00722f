import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";

/** Where `npx` gets the runner from on a person's other machine. */
const DOWNLOAD_PATH = "/download/deskhand.tgz";

/**
 * Serves the packed runner that the build made.
 * @returns false when the path is another
 */
export async function answerRunnerDownload(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (request.url?.split("?")[0] !== DOWNLOAD_PATH) return false;
  const file = path.resolve("dist/download/deskhand.tgz");
  const found = await stat(file).catch(() => undefined);
  if (!found) {
    response.writeHead(404, { "content-type": "text/plain" }).end("The runner was not packed. Run: npm run build\n");
    return true;
  }
  response.writeHead(200, { "content-type": "application/gzip", "content-length": found.size, "cache-control": "no-cache" });
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response).catch(() => {});
  return true;
}

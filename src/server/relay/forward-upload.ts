import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { AppError } from "@/server/errors";

/** Marks an upload that one process passes on to another, which then does not pass it on again. */
export const FORWARDED = "x-deskhand-forwarded";

/** No byte for this long ends it, in milliseconds. */
const STALL_MS = 60_000;

/**
 * Passes a runner's upload on to the process that waits for it, and that process's answer back. Nothing of it is kept here.
 * @throws AppError RUNNER_TIMEOUT when the other process cannot be reached
 */
export function forwardUpload(request: IncomingMessage, response: ServerResponse, target: URL): Promise<void> {
  const { authorization, "content-length": length, "content-type": type } = request.headers;
  const headers = {
    [FORWARDED]: "1",
    ...(authorization ? { authorization } : {}),
    ...(length ? { "content-length": length } : {}),
    ...(type ? { "content-type": type } : {}),
  };
  return new Promise((resolve, reject) => {
    const passing = (target.protocol === "https:" ? httpsRequest : httpRequest)(target, { method: "PUT", headers, timeout: STALL_MS });
    passing.once("timeout", () => passing.destroy(new Error("no byte for a minute")));
    passing.once("error", (cause) => reject(new AppError("RUNNER_TIMEOUT", { cause })));
    passing.once("response", (answered) => {
      response.writeHead(
        answered.statusCode ?? 502,
        answered.headers["content-type"] ? { "content-type": answered.headers["content-type"] } : {},
      );
      answered.pipe(response);
      answered.once("end", () => {
        // an answer that came before the end of the body: the rest goes nowhere, and the runner may read the answer
        request.unpipe(passing);
        request.resume();
        resolve();
      });
    });
    request.once("aborted", () => passing.destroy(new Error("the runner left")));
    request.pipe(passing);
  });
}

import type { IncomingMessage } from "node:http";
import { PageError } from "./page-error.ts";

/** The addresses by which this computer's own browser may ask for the page. */
export function pageHosts(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

/**
 * Does the request come from where the page itself is? Another name that leads here (DNS rebinding) is refused by its Host, another page of
 * the same browser by Origin and Sec-Fetch-Site. A change needs an Origin, which every browser sends with one; a look may do without.
 * @throws PageError HOST_REFUSED, ORIGIN_REFUSED
 */
export function checkSource({ method, headers }: IncomingMessage, hosts: readonly string[], isDocument: boolean): void {
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host)) throw new PageError("HOST_REFUSED", "This is not the address of the runner's page.");
  const refused = new PageError("ORIGIN_REFUSED", "Only the runner's own page may ask for this.");
  if (origin === undefined ? method !== "GET" : origin !== `http://${host}`) throw refused;
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return;
  // the file of `deskhand open` leads here from nowhere that a browser would call the same site; the document itself tells nothing
  const isVisit = method === "GET" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  if (!isDocument || !isVisit) throw refused;
}

/** All values of this cookie. */
export function readCookies({ headers }: IncomingMessage, name: string): string[] {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : [])).slice(0, 5);
}

/** Bytes of the largest body: a policy's setting with 200 members is 8 KB. */
const maxBodyBytes = 16 * 1024;

/** The JSON of the body. @throws PageError CONTENT_TYPE_REFUSED, PAYLOAD_TOO_LARGE, INVALID_INPUT */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new PageError("CONTENT_TYPE_REFUSED", "The body must be application/json.");
  const tooLarge = new PageError("PAYLOAD_TOO_LARGE", `The body is larger than ${maxBodyBytes} bytes.`);
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) throw tooLarge;
  const parts: Buffer[] = [];
  let bytes = 0;
  // a request that is left in the middle must still be answered
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes) throw tooLarge;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new PageError("INVALID_INPUT", "The body is not JSON.");
  }
}

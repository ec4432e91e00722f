import { request as ask, type IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { WebTarget } from "@deskhand/shared/schemas/host-pattern";
import { RefusedByPolicy } from "../policy/gate.ts";
import { targetOf } from "../policy/rules.ts";
import { ProxyFailure } from "../policy/upstream/proxy-failure.ts";
import type { HttpAnswer, HttpRequest } from "../workflow/run-services.ts";
import { StepFailure } from "../workflow/step-failure.ts";

/** What an answer may be, bytes; the policy's limit for downloads holds as well. */
const largestAnswer = 20 * 1024 * 1024;
const mostRedirects = 10;
const secretHeaders = new Set(["authorization", "cookie", "proxy-authorization"]);

type Way = { connect(target: WebTarget): Promise<Socket> };
type Limits = { timeoutMs: number; maxBytes: number; signal: AbortSignal };

/**
 * Sends a request by the way that the browser of the run takes. Each stop of a redirect is judged like the first.
 * @throws StepFailure POLICY_DENIED, HTTP_FAILED, STEP_TIMEOUT, and those of proxies
 */
export async function sendThrough(way: Way, request: HttpRequest, { timeoutMs, maxBytes, signal }: Limits): Promise<HttpAnswer> {
  const late = AbortSignal.timeout(timeoutMs);
  const over = AbortSignal.any([signal, late]);
  let { method, url } = request;
  let headers = { ...request.headers };
  let body = bodyOf(request, headers);
  try {
    for (let stops = 0; ; stops++) {
      const answer = await send(way, { method, url, headers, body }, over);
      const location = answer.headers.location;
      if (!isRedirect(answer.statusCode) || location === undefined) return await read(answer, Math.min(maxBytes, largestAnswer));
      answer.destroy();
      if (stops === mostRedirects) throw new StepFailure("HTTP_FAILED", { reason: "it redirects without end" });
      const next = URL.parse(location, url);
      if (!next) throw new StepFailure("HTTP_FAILED", { reason: "it redirects to what is no address" });
      // as browsers do (Fetch, section 4.4): only 307 and 308 repeat the request as it was
      if (answer.statusCode !== 307 && answer.statusCode !== 308 && method !== "HEAD") {
        method = "GET";
        body = undefined;
      }
      if (next.origin !== new URL(url).origin)
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !secretHeaders.has(name.toLowerCase())));
      url = next.href;
    }
  } catch (error) {
    throw asFailure(error, late.aborted, timeoutMs);
  }
}

type Prepared = { method: string; url: string; headers: Record<string, string>; body: string | undefined };

async function send(way: Way, { method, url, headers, body }: Prepared, signal: AbortSignal): Promise<IncomingMessage> {
  const target = targetOf(url);
  if (!target || !("host" in target)) throw new StepFailure("HTTP_FAILED", { reason: "its address is not one of the web" });
  const { host, scheme } = target;
  signal.throwIfAborted();
  const wire = await way.connect(target);
  const socket = scheme === "https" ? connectTls({ socket: wire, ...(isIP(host) ? { host } : { servername: host }) }) : wire;
  const address = new URL(url);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    const sent = ask({
      createConnection: () => socket,
      method,
      path: `${address.pathname}${address.search}`,
      headers: { "user-agent": "Deskhand", accept: "*/*", ...headers, host: address.host, connection: "close" },
      signal,
    });
    sent.once("response", resolve);
    sent.once("error", reject);
    sent.end(body);
  });
}

async function read(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw new StepFailure("HTTP_FAILED", { reason: `the answer is larger than ${maxBytes} bytes` });
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString("utf8");
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]));
  return { status: response.statusCode ?? 0, headers, body: bodyValue(text, headers["content-type"] ?? "") };
}

function bodyValue(text: string, type: string): unknown {
  if (!/[/+]json\b/i.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The text to send; JSON gets its type, unless another was given. */
function bodyOf({ body }: HttpRequest, headers: Record<string, string>): string | undefined {
  if (body === undefined || typeof body === "string") return body;
  if (!Object.keys(headers).some((name) => name.toLowerCase() === "content-type")) headers["content-type"] = "application/json";
  return JSON.stringify(body);
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function asFailure(error: unknown, isLate: boolean, timeoutMs: number): unknown {
  if (error instanceof StepFailure) return error;
  if (isLate) return new StepFailure("STEP_TIMEOUT", { seconds: timeoutMs / 1000 });
  if (error instanceof RefusedByPolicy) return new StepFailure("POLICY_DENIED", { refusal: error.reason });
  if (error instanceof ProxyFailure) return new StepFailure(error.code, { reason: error.reason });
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return new StepFailure("HTTP_FAILED", {
    reason: typeof code === "string" && /^[A-Z_]{3,40}$/.test(code) ? code : "the connection broke off",
  });
}

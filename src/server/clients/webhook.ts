import { lookup as askSystem } from "node:dns/promises";
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { DeliveryProblem } from "@deskhand/shared/schemas/delivery";
import { parseAddress } from "@deskhand/shared/schemas/ip-address";
import { specialRangeOf } from "@deskhand/shared/schemas/special-ranges";

/** From the look-up of the name to the last byte of the answer, milliseconds. */
const TIMEOUT_MS = 15_000;
/** More of an answer is not read, in bytes. */
const ANSWER_MAX_BYTES = 64 * 1024;
/** What is kept of an answer, in characters. */
const ANSWER_KEPT = 256;
/** The longest that a receiver may ask us to wait, milliseconds. */
const RETRY_AFTER_MAX_MS = 60 * 60_000;

/** What may be reached where the installation allows private addresses. Link-local stays refused: clouds keep secrets there. */
const privateKinds = new Set(["loopback", "a private network", "a carrier's network"]);

type Address = { address: string; family: number };

type Post = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Loopback and private networks may be reached, also by plain http. */
  allowPrivate: boolean;
  timeoutMs?: number;
  /** All addresses of a name; the system's answer when absent. */
  resolve?: (host: string) => Promise<Address[]>;
};

export type WebhookAnswer = {
  /** The HTTP status; null when there was no answer. */
  status: number | null;
  /** Null when it was taken: any 2xx. */
  problem: DeliveryProblem | null;
  durationMs: number;
  /** The beginning of the answer, at most 256 characters. */
  answer: string | null;
  /** How long the receiver asks to wait (429 and 503), at most an hour. */
  retryAfterMs: number | null;
};

class AddressRefused extends Error {}

/**
 * Posts to an address that a person gave. The addresses behind its name are judged when the connection is made, and it is made to one
 * of those that were judged: a name that leads elsewhere a moment later leads nowhere. Redirects are not followed. Never throws.
 */
export async function postWebhook({ timeoutMs = TIMEOUT_MS, resolve = resolveAll, ...post }: Post): Promise<WebhookAnswer> {
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  try {
    const { status, text, retryAfter } = await exchange({ ...post, resolve, signal: AbortSignal.timeout(timeoutMs) });
    const problem = status >= 200 && status < 300 ? null : status >= 300 && status < 400 ? "redirected" : "status";
    const waits = status === 429 || status === 503;
    return { status, problem, durationMs: since(), answer: readable(text), retryAfterMs: waits ? readRetryAfter(retryAfter) : null };
  } catch (error) {
    return { status: null, problem: problemOf(error), durationMs: since(), answer: null, retryAfterMs: null };
  }
}

type Exchange = Required<Omit<Post, "timeoutMs">> & { signal: AbortSignal };
type Answer = { status: number; text: string; retryAfter: string | undefined };

function exchange({ url: text, headers, body, allowPrivate, resolve, signal }: Exchange): Promise<Answer> {
  const url = new URL(text);
  const secure = url.protocol === "https:";
  const mayReach = ({ address }: Address) => isReachable(address, { secure, allowPrivate });
  // Node asks no resolver for what is an address already
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !mayReach({ address: host, family: isIP(host) })) return Promise.reject(new AddressRefused());
  const lookup: LookupFunction = (name, options, done) => {
    resolve(name).then(
      (addresses) => {
        const [first] = addresses;
        if (!first || !addresses.every(mayReach)) done(new AddressRefused(), "", 0);
        else if (options.all) done(null, addresses);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, "", 0),
    );
  };
  return new Promise((taken, failed) => {
    const request = (secure ? requestTls : requestPlain)(url, {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      agent: false,
      lookup,
      signal,
    });
    // names are resolved outside of the socket, which the signal alone would not end
    signal.addEventListener("abort", () => failed(signal.reason), { once: true });
    request.once("error", failed);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const end = () =>
        taken({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), retryAfter: response.headers["retry-after"] });
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= ANSWER_MAX_BYTES) return void chunks.push(chunk);
        end();
        response.destroy();
      });
      response.once("end", end);
      response.once("error", failed);
    });
    request.end(body);
  });
}

/** May this address be reached? Public ones by https; private ones only where the installation allows them. */
export function isReachable(address: string, { secure, allowPrivate }: { secure: boolean; allowPrivate: boolean }): boolean {
  const parsed = parseAddress(address.replace(/%.*$/, ""));
  if (!parsed) return false;
  const kind = specialRangeOf(parsed);
  return kind === undefined ? secure : allowPrivate && privateKinds.has(kind);
}

async function resolveAll(host: string): Promise<Address[]> {
  return askSystem(host, { all: true, order: "verbatim" });
}

function problemOf(error: unknown): DeliveryProblem {
  if (error instanceof AddressRefused) return "address";
  const { name, code = "", cause } = error as NodeJS.ErrnoException & { cause?: { name?: string } };
  if (name === "TimeoutError" || cause?.name === "TimeoutError" || code === "ETIMEDOUT") return "timeout";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "unresolved";
  if (/CERT|TLS|SSL|SIGNATURE|EPROTO/.test(code)) return "tls";
  return "refused";
}

/** The text without what would spoil a page or a log. */
function readable(text: string): string | null {
  const clean = text.replaceAll(/[\p{Cc}\p{Co}\p{Cn}]+/gu, " ").trim();
  return clean === "" ? null : clean.slice(0, ANSWER_KEPT);
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function readRetryAfter(header: string | undefined): number | null {
  if (!header) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : null;
}

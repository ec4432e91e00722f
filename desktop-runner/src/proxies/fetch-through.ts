import { request } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { WebTarget } from "@deskhand/shared/schemas/host-pattern";
import { targetOf } from "../policy/rules.ts";
import { ProxyFailure } from "../policy/upstream/proxy-failure.ts";

/** More is not read of an answer, bytes. */
const longest = 64 * 1024;

export type Answer = { status: number; text: string };
type Ask = { timeoutMs: number; signal?: AbortSignal | undefined };

/**
 * Asks for an address over connections that `connect` makes; redirects are not followed, and nothing is kept.
 * @throws what `connect` throws; ProxyFailure PROXY_TIMEOUT or PROXY_CHECK_FAILED
 */
export async function fetchThrough(
  url: string,
  connect: (target: WebTarget) => Promise<Socket>,
  { timeoutMs, signal }: Ask,
): Promise<Answer> {
  const target = targetOf(url);
  if (!target || !("host" in target)) throw new ProxyFailure("PROXY_CHECK_FAILED", "its address is not one of the web");
  const { host, scheme } = target;
  const over = new AbortController();
  const abort = () => over.abort();
  signal?.addEventListener("abort", abort, { once: true });
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    over.abort();
  }, timeoutMs);
  try {
    const wire = await orAborted(connect(target), over.signal);
    const socket = scheme === "https" ? connectTls({ socket: wire, ...(isIP(host) ? { host } : { servername: host }) }) : wire;
    return await ask(url, socket, over.signal);
  } catch (error) {
    if (isLate) throw new ProxyFailure("PROXY_TIMEOUT", `${host} did not answer through it`);
    if (error instanceof Error && "syscall" in error) throw error;
    throw isOurs(error) ? error : new ProxyFailure("PROXY_CHECK_FAILED", `${host} could not be asked`);
  } finally {
    clearTimeout(late);
    signal?.removeEventListener("abort", abort);
  }
}

function ask(url: string, socket: Socket, signal: AbortSignal): Promise<Answer> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    const headers = { host, accept: "application/json", "user-agent": "Deskhand", connection: "close" };
    const asked = request({ createConnection: () => socket, path: `${pathname}${search}`, headers, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > longest) response.destroy(new Error("too long"));
      });
      response.once("error", reject);
      response.once("end", () => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    asked.once("error", reject);
    asked.end();
  });
}

/** A connection that comes after it was given up is closed again. */
function orAborted(connecting: Promise<Socket>, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      connecting.then(
        (socket) => socket.destroy(),
        () => {},
      );
      reject(new Error("aborted"));
    };
    signal.addEventListener("abort", abort, { once: true });
    connecting.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && (error.name === "ProxyFailure" || error.name === "RefusedByPolicy");
}

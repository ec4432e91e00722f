import { once } from "node:events";
import type { Socket } from "node:net";
import { canonicalHost } from "@deskhand/shared/schemas/host-pattern";

/** SOCKS 5 (RFC 1928), as much of it as a browser on this computer speaks: no sign-in, CONNECT only. */
export const noSignIn = Buffer.from([5, 0]);
export const noMethod = Buffer.from([5, 0xff]);

const replies = { connected: 0, failed: 1, refused: 2, unreachable: 4, unsupported: 7 };
export type SocksReply = keyof typeof replies;

export function socksReply(reply: SocksReply): Buffer {
  return Buffer.from([5, replies[reply], 0, 1, 0, 0, 0, 0, 0, 0]);
}

/** "more" when the message is not whole yet; undefined when it is not SOCKS 5. `length` is how many bytes it takes. */
export function readGreeting(bytes: Buffer): { offersNoSignIn: boolean; length: number } | "more" | undefined {
  if (bytes.length < 2) return bytes[0] === undefined || bytes[0] === 5 ? "more" : undefined;
  if (bytes[0] !== 5) return undefined;
  const length = 2 + (bytes[1] ?? 0);
  return bytes.length < length ? "more" : { offersNoSignIn: bytes.subarray(2, length).includes(0), length };
}

/** Where the browser wants to go; `host` is undefined for a name that is none. */
export function readRequest(
  bytes: Buffer,
): { isConnect: boolean; host: string | undefined; port: number; length: number } | "more" | undefined {
  if (bytes.length < 5) return "more";
  if (bytes[0] !== 5) return undefined;
  const kind = bytes[3];
  const size = kind === 1 ? 4 : kind === 4 ? 16 : kind === 3 ? (bytes[4] ?? 0) + 1 : undefined;
  if (size === undefined) return undefined;
  const length = 4 + size + 2;
  if (bytes.length < length) return "more";
  const address = bytes.subarray(4, 4 + size);
  return { isConnect: bytes[1] === 1, host: canonicalHost(spell(kind, address)), port: bytes.readUInt16BE(length - 2), length };
}

/** No message of SOCKS is longer, bytes. */
const longest = 520;
const patienceMs = 30_000;

/** Reads one message; what follows it stays in the socket. Undefined when the socket ends first, or speaks something else. */
export async function readMessage<T extends { length: number }>(
  socket: Socket,
  read: (bytes: Buffer) => T | "more" | undefined,
): Promise<T | undefined> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < longest) {
    const chunk = await nextChunk(socket);
    if (!chunk) return undefined;
    bytes = Buffer.concat([bytes, chunk]);
    const message = read(bytes);
    if (message === "more") continue;
    if (message && bytes.length > message.length) socket.unshift(bytes.subarray(message.length));
    return message;
  }
  return undefined;
}

/** The first byte that comes, which stays in the socket; undefined when it ends first. */
export async function firstByte(socket: Socket): Promise<number | undefined> {
  const chunk = await nextChunk(socket);
  if (chunk) socket.unshift(chunk);
  return chunk?.[0];
}

async function nextChunk(socket: Socket): Promise<Buffer | undefined> {
  for (;;) {
    const chunk: Buffer | null = socket.read();
    if (chunk) return chunk;
    if (socket.destroyed || socket.readableEnded) return undefined;
    const waiting = new AbortController();
    const late = setTimeout(() => socket.destroy(), patienceMs);
    await Promise.race(["readable", "end", "close"].map((event) => once(socket, event, { signal: waiting.signal }).catch(() => {})));
    clearTimeout(late);
    waiting.abort();
  }
}

function spell(kind: number | undefined, address: Buffer): string {
  if (kind === 1) return [...address].join(".");
  if (kind === 4) return Array.from({ length: 8 }, (_, index) => address.readUInt16BE(2 * index).toString(16)).join(":");
  return address.subarray(1).toString("latin1");
}

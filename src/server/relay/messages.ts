import type { ErrorCode } from "@deskhand/shared/error-codes";
import { isPlainData } from "@deskhand/shared/protocol/plain-data";
import type { Socket } from "socket.io";
import type * as z from "zod";
import { AppError, toAppError } from "@/server/errors";
import type { Logger } from "@/server/logger";
import { metrics } from "@/server/metrics";

type Listening = {
  socket: Socket;
  logger: Logger;
  /** Who it is, for the log. */
  about?: object;
  /** Messages that this socket may send in a second, all kinds together. */
  limit: MessageLimit;
};

/**
 * Answers one kind of message. Whatever comes is parsed first; what cannot be read, is too much, or fails gets an answer with an
 * error code, and nothing that a peer sends can throw out of here.
 */
export function onMessage<Schema extends z.ZodType>(
  { socket, logger, about, limit }: Listening,
  event: string,
  schema: Schema,
  act: (message: z.output<Schema>) => Promise<object> | object,
): void {
  socket.on(event, (...args: unknown[]) => {
    const last = args.at(-1);
    const answer = (message: object) => {
      if (typeof last === "function") last({ v: 1, ...message });
    };
    const refuse = (code: ErrorCode, retryAfterMs?: number) => {
      metrics().relayRefusals.inc({ code });
      answer({ ok: false, code, retryAfterMs });
    };
    if (!limit.take()) return refuse("RATE_LIMITED", limit.retryAfterMs());
    const parsed = schema.safeParse(args[0]);
    if (!parsed.success || !isPlainData(args[0], { bytes: true })) return refuse("MESSAGE_INVALID");
    void (async () => answer(await act(parsed.data)))().catch((error: unknown) => {
      const { code, cause, retryAfterMs } = toAppError(error);
      if (code === "INTERNAL") logger.error({ ...about, event, err: cause }, "a message could not be handled");
      refuse(code, retryAfterMs);
    });
  });
}

/** Answers what has no name here, so that nobody waits for an answer that never comes. */
export function refuseOthers({ socket, limit }: Listening): void {
  socket.onAny((event: string, ...args: unknown[]) => {
    // "error" has a listener of socket.io's own, which does nothing
    if (event !== "error" && socket.listenerCount(event) > 0) return;
    const refused = limit.take() ? { code: "MESSAGE_INVALID" } : { code: "RATE_LIMITED", retryAfterMs: limit.retryAfterMs() };
    metrics().relayRefusals.inc({ code: refused.code });
    const last = args.at(-1);
    if (typeof last === "function") last({ v: 1, ok: false, ...refused });
  });
}

/**
 * Asks the other side and waits for its answer, which is parsed.
 * @throws AppError RUNNER_OFFLINE when it goes away meanwhile, RUNNER_TIMEOUT after `timeoutMs`, MESSAGE_INVALID for an answer that
 * cannot be read
 */
export async function ask<Schema extends z.ZodType>(
  socket: Socket,
  event: string,
  message: object,
  schema: Schema,
  timeoutMs: number,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await askPlainly(socket, event, message, timeoutMs));
  if (!parsed.success) throw new AppError("MESSAGE_INVALID");
  return parsed.data;
}

/** As {@link ask}, for who passes the answer on to somebody that parses it. */
export function askPlainly(socket: Socket, event: string, message: object, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new AppError("RUNNER_OFFLINE"));
    if (!socket.connected) return gone();
    socket.once("disconnect", gone);
    socket.timeout(timeoutMs).emit(event, message, (error: Error | null, answer: unknown) => {
      socket.off("disconnect", gone);
      if (error) reject(new AppError("RUNNER_TIMEOUT"));
      else resolve(answer);
    });
  });
}

/** `take` counts one message, `retryAfterMs` is how long the current second still lasts. */
type MessageLimit = { take(): boolean; retryAfterMs(): number };

/** At most `perSecond` in each second; the seconds are counted by the monotonic clock. */
export function createMessageLimit(perSecond: number): MessageLimit {
  let second = 0;
  let taken = 0;
  return {
    take() {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) {
        second = now;
        taken = 0;
      }
      taken += 1;
      return taken <= perSecond;
    },
    retryAfterMs: () => Math.ceil(1000 - (performance.now() % 1000)),
  };
}

/**
 * Lets go of the HTTP request that opened the connection, which an idle one would hold for as long as it lasts. What is needed of it is in
 * the socket's handshake. Source: https://socket.io/docs/v4/memory-usage/
 */
export function discardRequest(socket: Socket): void {
  (socket.conn as { request: unknown }).request = null;
}

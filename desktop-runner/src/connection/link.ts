import type { RunnerToServer, ServerToRunner } from "@deskhand/shared/protocol/events";
import {
  challenge,
  type Proof,
  type Refused,
  type RunnerAuth,
  refused,
  type Waiting,
  type Welcome,
  waiting,
  welcome,
} from "@deskhand/shared/protocol/handshake";
import { isPlainData } from "@deskhand/shared/protocol/plain-data";
import { MAX_PAYLOAD_BYTES, PROTOCOL_MIN, PROTOCOL_VERSION, RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import { io, type Socket } from "socket.io-client";
import type * as z from "zod";
import { confirmJoin, proposeJoin } from "../identity/join.ts";
import type { Credentials } from "./credentials.ts";

/** From opening the connection to an answer of the server, milliseconds. */
const handshakeMs = 20_000;

export type LinkEvents = {
  welcome(welcome: Welcome): void;
  waiting(waiting: Waiting): void;
  refused(refused: Refused): void;
  drain(): void;
  /** Once, however the connection ended; nothing comes after it. */
  closed(reason: string): void;
};

/** Thrown by {@link Link.request} when there is no answer, or one that cannot be read. */
export class NoAnswer extends Error {}

/** One connection to the server, from its opening to its end. It never connects again: a new one is opened. */
export type Link = {
  /** Sends and waits for the answer; throws NoAnswer. */
  request<T extends z.ZodType>(name: keyof RunnerToServer, message: object, answer: T, timeoutMs: number): Promise<z.infer<T>>;
  /** Sends, and drops the message when the connection is not ready for it. */
  sendVolatile(name: keyof RunnerToServer, message: object): void;
  /** Calls `handle` for each message; what it resolves to is the answer, when the sender wants one. */
  on(name: keyof ServerToRunner, handle: (message: unknown) => unknown): void;
  close(): void;
};

/** Opens a connection and proves who this is. Everything that comes is parsed; what cannot be read ends the connection. */
export function openLink(credentials: Credentials, events: LinkEvents): Link {
  const auth: RunnerAuth = { runnerId: credentials.pairing.runnerId, protocol: { min: PROTOCOL_MIN, max: PROTOCOL_VERSION } };
  const socket: Socket = io(new URL(RUNNER_NAMESPACE, credentials.pairing.serverUrl).href, {
    auth,
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    timeout: handshakeMs,
    // room for the frame around the largest message
    ...{ maxPayload: MAX_PAYLOAD_BYTES + 65_536 },
  });
  let ended = false;
  let proposedJoin: string | undefined;
  const patience = setTimeout(() => end("no answer to the handshake"), handshakeMs);

  function end(reason: string) {
    if (ended) return;
    ended = true;
    clearTimeout(patience);
    socket.disconnect();
    // a socket that never opened keeps its transport until it is told
    socket.io.engine?.close();
    events.closed(reason);
  }

  function parsed<T extends z.ZodType>(schema: T, take: (message: z.infer<T>) => void) {
    return (raw: unknown) => {
      if (ended) return;
      const message = schema.safeParse(raw);
      if (message.success) take(message.data);
      else end("the server sent a handshake that cannot be read");
    };
  }

  socket.on("challenge", (raw: unknown, answer: unknown) => {
    const message = challenge.safeParse(raw);
    if (ended || typeof answer !== "function") return;
    if (!message.success) return end("the server sent a challenge that cannot be read");
    try {
      const proof = makeProof(credentials, message.data.nonce);
      proposedJoin = proof.nextJoinId;
      answer(proof);
    } catch (error) {
      end(`the join could not be written: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`);
    }
  });
  socket.on(
    "welcome",
    parsed(welcome, (message) => {
      clearTimeout(patience);
      try {
        if (proposedJoin) confirmJoin(credentials.home, proposedJoin);
      } catch {
        // the disk is full: the same proposal is repeated next time, which the server allows
      }
      events.welcome(message);
    }),
  );
  socket.on(
    "waiting",
    parsed(waiting, (message) => {
      clearTimeout(patience);
      events.waiting(message);
    }),
  );
  socket.on(
    "refused",
    parsed(refused, (message) => {
      events.refused(message);
      end(`refused: ${message.code}`);
    }),
  );
  socket.on("drain", () => {
    if (!ended) events.drain();
  });
  socket.on("connect_error", (error: Error & { data?: unknown }) => {
    const told = refused.safeParse(error.data);
    if (told.success && !ended) events.refused(told.data);
    end(`cannot connect: ${error.message}`);
  });
  socket.on("disconnect", (reason) => end(reason));
  socket.onAny((name: string, ...args: unknown[]) => {
    const answer = args.at(-1);
    // nobody waits for an answer to what has no name here
    if (!ended && !socket.hasListeners(name) && typeof answer === "function") answer({ v: 1, ok: false, code: "MESSAGE_INVALID" });
  });

  return {
    async request(name, message, answerSchema, timeoutMs) {
      if (ended || !socket.connected) throw new NoAnswer("not connected");
      let raw: unknown;
      try {
        raw = await socket.timeout(timeoutMs).emitWithAck(name, message);
      } catch (cause) {
        throw new NoAnswer(`no answer to ${name}`, { cause });
      }
      const answer = answerSchema.safeParse(raw);
      if (!answer.success) throw new NoAnswer(`the answer to ${name} cannot be read`);
      return answer.data;
    },
    sendVolatile(name, message) {
      if (!ended && socket.connected) socket.volatile.emit(name, message);
    },
    on(name, handle) {
      socket.on(name as string, (raw: unknown, ...rest: unknown[]) => {
        if (ended) return;
        const answer = rest.at(-1);
        const reply = (result: unknown) => {
          if (typeof answer === "function" && result !== undefined) answer(result);
        };
        if (!isPlainData(raw, { bytes: false })) return reply({ v: 1, ok: false, code: "MESSAGE_INVALID" });
        new Promise((resolve) => resolve(handle(raw))).then(reply, () => reply({ v: 1, ok: false, code: "INTERNAL" }));
      });
    },
    close: () => end("closed by the runner"),
  };
}

function makeProof({ home, keys, pairing, instanceId, version, browser, hardwareId }: Credentials, nonce: string): Proof {
  const bound = { instanceId, ...proposeJoin(home) };
  const signature = keys.signProof(pairing.runnerId, nonce, bound);
  return { v: 1, signature, ...bound, clock: Date.now(), version, browser: browser(), hardwareId };
}

import { randomUUID } from "node:crypto";
import { isErrorCode } from "@deskhand/shared/error-codes";
import { RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import { createShardedAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import type { Server } from "socket.io";
import * as z from "zod";
import { AppError, toAppError } from "@/server/errors";
import type { Logger } from "@/server/logger";

/** How often it is tried to reach Redis again, at the longest, in milliseconds. */
const RETRY_MS = 2_000;

const runnerId = z.uuid();
const server = z.uuid();

/** What server processes say to each other through Redis. A message that is lost costs an answer, never an effect. */
const note = z.discriminatedUnion("kind", [
  /** Whoever holds this runner: put this to it, and tell me its answer. */
  z.object({
    kind: z.literal("ask"),
    id: z.uuid(),
    from: server,
    runnerId,
    event: z.enum(["log-request", "console-request", "artifact-request", "hold-input", "rival"]),
    message: z.record(z.string(), z.unknown()),
  }),
  z.object({ kind: z.literal("answer"), id: z.uuid(), to: server, answer: z.unknown().optional(), code: z.string().optional() }),
  /** A connection of this runner was let in here: an earlier one of yours is a thing of the past. */
  z.object({ kind: z.literal("joined"), runnerId, connectionId: z.string().max(100) }),
  /** Somebody here watches this run, or nobody does any more. Said again from time to time. */
  z.object({ kind: z.literal("watching"), from: server, runnerId, runId: z.uuid(), on: z.boolean() }),
]);
type Note = z.infer<typeof note>;
type Question = Extract<Note, { kind: "ask" }>;

export type Cluster = {
  /** @throws AppError RUNNER_TIMEOUT when no process answers in time, and whatever code the one that does refuses with */
  ask(question: Pick<Question, "runnerId" | "event" | "message">, timeoutMs: number): Promise<unknown>;
  tell(note: Exclude<Note, { kind: "ask" | "answer" }>): void;
  on<Kind extends "joined" | "watching">(kind: Kind, hear: (heard: Extract<Note, { kind: Kind }>) => void): void;
  /** Who answers questions about runners that are held here; undefined when they are not. */
  answerWith(answer: (question: Question) => Promise<unknown> | undefined): void;
  close(): Promise<void>;
};

/**
 * Joins the server processes that share a Redis: rooms of socket.io reach over all of them, and each can ask the one that holds a
 * runner. Without Redis for a while, what is durable goes on by PostgreSQL's hints; live views and files of runners on other
 * processes come back when Redis does.
 */
export function createCluster(io: Server, { redisUrl, serverId, logger }: { redisUrl: string; serverId: string; logger: Logger }): Cluster {
  const retryStrategy = (times: number) => Math.min(times * 100, RETRY_MS);
  // what cannot be published now is not worth publishing later; subscriptions are kept and made again on each connection
  const publisher = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy });
  const subscriber = new Redis(redisUrl, { maxRetriesPerRequest: null, retryStrategy });
  let told = false;
  for (const client of [publisher, subscriber]) {
    client.on("error", (error: Error) => {
      if (!told) logger.warn({ reason: error.message }, "Redis cannot be reached; trying again");
      told = true;
    });
    client.on("ready", () => {
      told = false;
    });
  }
  io.adapter(createShardedAdapter(publisher, subscriber));

  const namespace = io.of(RUNNER_NAMESPACE);
  const questions = new Map<string, (answer: Extract<Note, { kind: "answer" }>) => void>();
  const listeners: { [Kind in "joined" | "watching"]: ((heard: Extract<Note, { kind: Kind }>) => void)[] } = { joined: [], watching: [] };
  let answerer: (question: Question) => Promise<unknown> | undefined = () => undefined;
  const send = (message: Note) => void namespace.serverSideEmit("note", message);

  namespace.on("note", (heard: unknown) => {
    const parsed = note.safeParse(heard);
    if (!parsed.success) return;
    const { data } = parsed;
    if (data.kind === "ask") void reply(data);
    else if (data.kind === "answer") {
      if (data.to === serverId) questions.get(data.id)?.(data);
    } else if (data.kind === "joined") for (const hear of listeners.joined) hear(data);
    else for (const hear of listeners.watching) hear(data);
  });

  async function reply(question: Question): Promise<void> {
    const { id, from } = question;
    try {
      const answer = answerer(question);
      if (answer !== undefined) send({ kind: "answer", id, to: from, answer: await answer });
    } catch (error) {
      send({ kind: "answer", id, to: from, code: toAppError(error).code });
    }
  }

  return {
    ask(question, timeoutMs) {
      const id = randomUUID();
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          questions.delete(id);
        };
        const timer = setTimeout(() => {
          end();
          reject(new AppError("RUNNER_TIMEOUT"));
        }, timeoutMs);
        questions.set(id, ({ answer, code }) => {
          end();
          if (code === undefined) resolve(answer);
          else reject(new AppError(isErrorCode(code) ? code : "INTERNAL"));
        });
        send({ kind: "ask", id, from: serverId, ...question });
      });
    },
    tell: send,
    on(kind, hear) {
      listeners[kind].push(hear as never);
    },
    answerWith(answer) {
      answerer = answer;
    },
    async close() {
      for (const client of [publisher, subscriber]) client.disconnect();
    },
  };
}

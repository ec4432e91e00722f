import type { ApiKeyScope } from "@deskhand/shared/schemas/api-key";
import type { Db } from "@/server/db";
import type { OnceOnly } from "@/server/idempotency";
import type { Logger } from "@/server/logger";
import type { Plan } from "@/server/plan";

/** Who asks. */
export type Actor =
  | { kind: "anonymous" }
  | { kind: "user"; userId: string; sessionId: string }
  | { kind: "apiKey"; apiKeyId: string; projectId: string; userId: string; scopes: ApiKeyScope[] }
  | { kind: "runner"; runnerId: string; projectId: string }
  | { kind: "system" };

export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** Everything a use case needs, handed in: routers, relay, jobs and tests call the same functions. */
export type Context = {
  db: Db;
  actor: Actor;
  clock: Clock;
  logger: Logger;
  /** What the project may use; the default plan when absent. */
  plan?: Plan;
  /** The request that this is part of may come again, and is carried out once. */
  once?: OnceOnly;
};

/** The actor as histories and logs name it. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case "user":
      return `user:${actor.userId}`;
    case "apiKey":
      return `apiKey:${actor.apiKeyId}`;
    case "runner":
      return `runner:${actor.runnerId}`;
    default:
      return actor.kind;
  }
}

import type { Actor, Clock, Context } from "@/server/context";
import type { Db } from "@/server/db";
import { COMMAND_WINDOW, LEASE_MS } from "@/server/domain/command/rules";
import { HEARTBEAT_MS } from "@/server/domain/runner/rules";
import type { Env } from "@/server/env";
import type { Logger } from "@/server/logger";
import type { SignalFeed } from "@/server/signals";

/** Limits and times of the relay; times in milliseconds. Tests shorten them. */
export const relayDefaults = {
  heartbeatMs: HEARTBEAT_MS,
  leaseMs: LEASE_MS,
  commandWindow: COMMAND_WINDOW,
  /** How often it looks again on its own, for hints that were lost. */
  pollMs: 15_000,
  /** How long a runner may take to sign the challenge. */
  proofMs: 10_000,
  /** How long the other holder of a runner's key may take to show that it lives. */
  rivalMs: 3_000,
  /** How long a runner may take to say that it has a command. */
  answerMs: 15_000,
  /** How long a runner may take to answer a log or artifact request. */
  requestMs: 15_000,
  /** How long an upload's token is good. */
  transferMs: 60_000,
  /** How long a download that broke off waits for its runner to go on with it, from the last byte. */
  resumeMs: 60_000,
  /** How long runners may take to leave a server that stops. */
  drainMs: 5_000,
  /** Connections that one address may open in a minute. Runners behind one router share an address. */
  handshakesPerMinute: 600,
  runnerMessagesPerSecond: 1_000,
  viewerMessagesPerSecond: 80,
  runsPerViewer: 20,
  /** Artifact downloads that wait or run at once, for one runner. */
  transfersPerRunner: 16,
};
export type RelayLimits = typeof relayDefaults;

export type RelayParts = {
  env: Pick<Env, "PUBLIC_URL" | "AUTH_SECRET" | "REDIS_URL" | "INSTANCE_URL" | "TRUSTED_PROXIES">;
  db: Db;
  logger: Logger;
  signals: SignalFeed;
  clock: Clock;
  limits: RelayLimits;
};

export function contextFor({ db, clock, logger }: RelayParts, actor: Actor): Context {
  return { db, clock, logger, actor };
}

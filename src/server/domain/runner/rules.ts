import type { ErrorCode } from "@deskhand/shared/error-codes";
import type { RunnerStatus } from "@deskhand/shared/schemas/runner";

/** How often a connected runner reports, in milliseconds. */
export const HEARTBEAT_MS = 10_000;

/** A runner that missed three heartbeats counts as offline, whatever its row says of a connection. */
export const OFFLINE_AFTER_MS = 3 * HEARTBEAT_MS;

/**
 * Is a connection held now? A server that was killed leaves its connection ids behind; the age of the last heartbeat tells those apart.
 */
export function isOnline(runner: { connectionId: string | null; lastSeenAt: Date | null }, now: Date): boolean {
  return runner.connectionId !== null && runner.lastSeenAt !== null && now.getTime() - runner.lastSeenAt.getTime() <= OFFLINE_AFTER_MS;
}

type Joins = { joinId: string | null; nextJoinId: string };
type StoredJoins = { joinId: string | null; previousJoinId: string | null };

/**
 * Judges the join that a runner presents. `next`: it knows the join that was accepted last. `repeat`: it proposes the one that is
 * stored already, so it was its welcome that got lost. `copy`: the folder was left behind by another join, so it exists twice.
 */
export function judgeJoin(stored: StoredJoins, presented: Joins): "next" | "repeat" | "copy" {
  if (presented.nextJoinId === stored.joinId) return presented.joinId === stored.previousJoinId ? "repeat" : "copy";
  return presented.joinId === stored.joinId ? "next" : "copy";
}

/** Why a runner with this status may not connect; undefined for those that may connect or wait. */
export function refusalOf(status: RunnerStatus): ErrorCode | undefined {
  switch (status) {
    case "rejected":
      return "RUNNER_REJECTED";
    case "revoked":
      return "RUNNER_REVOKED";
    case "locked":
      return "RUNNER_LOCKED";
    default:
      return undefined;
  }
}

/** The most that the database keeps of a clock's offset, in milliseconds: 24 days. More is as wrong. */
const MAX_OFFSET_MS = 2 ** 31 - 1;

/** A clock's offset as it is stored, whatever the other side says its clock is. */
export function boundOffset(offsetMs: number): number {
  return Math.round(Math.max(-MAX_OFFSET_MS, Math.min(MAX_OFFSET_MS, offsetMs)));
}

const DAY_MS = 24 * 60 * 60_000;

/** A device key is replaced after this long, in milliseconds. */
export const KEY_LASTS_MS = 90 * DAY_MS;

/** The key before is accepted for this long after the change, in milliseconds. */
export const KEY_GRACE_MS = 7 * DAY_MS;

/** Should the runner make a new device key now? */
export function isKeyDue(runner: { keyCreatedAt: Date; keyRotationRequestedAt: Date | null }, now: Date): boolean {
  return runner.keyRotationRequestedAt !== null || now.getTime() - runner.keyCreatedAt.getTime() >= KEY_LASTS_MS;
}

type Keys = { publicKey: string; previousPublicKey: string | null; previousKeyUntil: Date | null };

/** The public keys that prove this runner at this moment, the newest first. */
export function acceptedKeys({ publicKey, previousPublicKey, previousKeyUntil }: Keys, now: Date): string[] {
  return previousPublicKey !== null && previousKeyUntil !== null && now < previousKeyUntil ? [publicKey, previousPublicKey] : [publicKey];
}

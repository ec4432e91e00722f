import type { ErrorCode } from "@deskhand/shared/error-codes";
import { type Proof, proofText } from "@deskhand/shared/protocol/handshake";
import type { RunnerStatus } from "@deskhand/shared/schemas/runner";
import { type Asked, batched } from "@/server/batch";
import type { Context } from "@/server/context";
import type { Db, Query } from "@/server/db";
import { notifySql, type Signal, signalTexts } from "@/server/signals";
import { isSignedByOne } from "./fingerprint.ts";
import { acceptedKeys, boundOffset, isKeyDue, judgeJoin, refusalOf } from "./rules.ts";
import { type Tightening, type TighteningRow, viewTightening } from "./view.ts";

type Connect = {
  runnerId: string;
  /** What the runner was asked to sign. */
  nonce: string;
  proof: Proof;
  /** Names the connection over all server processes. */
  connectionId: string;
  /** Does another instance of this runner hold a living connection? Asked only after the key was proven. */
  rivalAnswers: () => Promise<boolean>;
  /** Is the process that sent this proof still there? Asked before anybody is locked. */
  presenterAnswers: () => Promise<boolean>;
};

export type Connected =
  /** `keyIsDue`: the runner is to be told to make a new key. */
  | {
      outcome: "connected";
      projectId: string;
      keyIsDue: boolean;
      tightening: Tightening;
      /** It was connected before; `stopped`: and had said that it would stop. */
      before: "never" | "stopped" | "left";
    }
  | { outcome: "waiting"; fingerprint: string }
  | { outcome: "refused"; code: ErrorCode };

type KnownRunner = Parameters<typeof acceptedKeys>[0] & Parameters<typeof isKeyDue>[0] & { status: RunnerStatus };

type HeldRunner = {
  id: string;
  projectId: string;
  status: RunnerStatus;
  fingerprint: string;
  hardwareId: string | null;
  joinId: string | null;
  previousJoinId: string | null;
  lastSeenAt: Date | null;
  goodbyeAt: Date | null;
  silentSince: Date | null;
};

/**
 * Lets a runner in that proves its key. Its join must follow the one before: a folder that was copied presents one that was left
 * behind, or shows up beside the first copy; then neither is trusted any more and the runner is locked, with the reason for its
 * owner. A proof can also be held up on the way until its process is dead and the next one has joined, which looks like a copy: so
 * nobody is locked before whoever presents the proof has shown that it lives, and one that does not is only refused. A runner that
 * nobody has accepted yet waits and joins nothing. Each refusal but RUNNER_TIMEOUT is for good until a person does something.
 */
export async function connectRunner(ctx: Context, input: Connect): Promise<Connected> {
  const { runnerId, proof } = input;
  const known = await readKeys(ctx, runnerId);
  if (!known) return { outcome: "refused", code: "RUNNER_UNKNOWN" };
  if (!isSignedByOne(acceptedKeys(known, ctx.clock.now()), proofText(runnerId, input.nonce, proof), proof.signature)) {
    return { outcome: "refused", code: "SIGNATURE_INVALID" };
  }
  const rival = known.status === "accepted" && (await input.rivalAnswers());
  const { connectionId } = input;
  const keyIsDue = isKeyDue(known, ctx.clock.now());
  const judged = await join(ctx, { runnerId, proof, connectionId, rival, keyIsDue, presenterLives: false });
  if (judged !== doubted) return judged;
  return (await input.presenterAnswers()) ? join(ctx, { runnerId, proof, connectionId, rival, keyIsDue, presenterLives: true }) : doubted;
}

/** Looks like a copy, from a process that has not shown yet that it lives. */
const doubted: Connected = { outcome: "refused", code: "RUNNER_TIMEOUT" };

/** One statement for those who prove their keys at once, as thousands do when a server is back. */
const readKeys = batched<string, KnownRunner | undefined>({
  work: async (db, batch) => {
    const rows = await db.plain.query<KnownRunner & { id: string }>(
      `select id, "publicKey", "previousPublicKey", "previousKeyUntil", "keyCreatedAt", "keyRotationRequestedAt", status::text
      from "Runner" where id = any($1::uuid[])`,
      batch.map(({ input }) => input),
    );
    const known = new Map(rows.map((row) => [row.id, row]));
    return batch.map(({ input }) => known.get(input));
  },
});

type Join = { runnerId: string; proof: Proof; connectionId: string; rival: boolean; keyIsDue: boolean; presenterLives: boolean };

/** Two copies that join at once are judged one after the other: the second when the first is stored. */
const join = batched<Join, Connected>({ keyOf: ({ runnerId }) => runnerId, work: joinRunners });

function joinRunners(db: Db, batch: Asked<Join>[]): Promise<Connected[]> {
  return db.plain.transaction(async (query, last) => {
    const held = await holdRunners(
      query,
      batch.map(({ input }) => input.runnerId),
    );
    const joined: JoinedRow[] = [];
    const distrusted: DistrustedRow[] = [];
    const outcomes = batch.map(({ ctx, input }): Connected | { outcome: "joined" } => {
      const { runnerId, proof, rival, presenterLives } = input;
      const runner = held.get(runnerId);
      if (!runner) return { outcome: "refused", code: "RUNNER_UNKNOWN" };
      const refusal = refusalOf(runner.status);
      if (refusal) return { outcome: "refused", code: refusal };
      if (runner.status === "pending") return { outcome: "waiting", fingerprint: runner.fingerprint };
      const join = judgeJoin(runner, proof);
      if (rival || join === "copy") {
        if (!presenterLives) return doubted;
        distrusted.push({ ...runner, status: "locked", statusReason: seenTwice, claimedHardwareId: null });
        return { outcome: "refused", code: "RUNNER_LOCKED" };
      }
      const { hardwareId } = proof;
      if (hardwareId !== undefined && runner.hardwareId !== null && hardwareId !== runner.hardwareId) {
        // a person looks at it before it works again
        distrusted.push({ ...runner, status: "pending", statusReason: onAnotherComputer, claimedHardwareId: hardwareId });
        return { outcome: "waiting", fingerprint: runner.fingerprint };
      }
      joined.push(toRow(ctx, runner, input, join));
      return { outcome: "joined" };
    });
    await storeDistrust(query, distrusted);
    const tightenings = await storeJoins(last, joined);
    return outcomes.map((outcome, n): Connected => {
      const { runnerId, keyIsDue } = (batch[n] as Asked<Join>).input;
      if (outcome.outcome !== "joined") return outcome;
      const tightening = viewTightening(tightenings.get(runnerId) as TighteningRow);
      const { projectId, lastSeenAt, goodbyeAt } = held.get(runnerId) as HeldRunner;
      const before = lastSeenAt === null ? "never" : goodbyeAt ? "stopped" : "left";
      return { outcome: "connected", before, projectId, keyIsDue, tightening };
    });
  });
}

/** In the order of their ids, as everybody who holds several runners: so two of them never wait for each other. */
async function holdRunners(query: Query, ids: string[]): Promise<Map<string, HeldRunner>> {
  const rows = await query<HeldRunner>(
    `select id, "projectId", status::text, fingerprint, "hardwareId", "joinId", "previousJoinId", "lastSeenAt", "goodbyeAt",
      "silentSince"
    from "Runner" where id = any($1::uuid[]) order by id for update`,
    ids,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

type JoinedRow = ReturnType<typeof toRow>;

function toRow(ctx: Context, runner: HeldRunner, { proof, connectionId }: Join, join: "next" | "repeat") {
  const now = ctx.clock.now();
  const { joinId, previousJoinId } = join === "next" ? { joinId: proof.nextJoinId, previousJoinId: runner.joinId } : runner;
  return {
    id: runner.id,
    projectId: runner.projectId,
    joinId,
    previousJoinId,
    connectionId,
    now,
    wasSilent: runner.silentSince !== null,
    clockOffsetMs: boundOffset(now.getTime() - proof.clock),
    hardwareId: runner.hardwareId ?? proof.hardwareId ?? null,
    version: proof.version,
    browserName: proof.browser?.name ?? null,
    browserVersion: proof.browser?.version ?? null,
  };
}

async function storeJoins(query: Query, rows: JoinedRow[]): Promise<Map<string, TighteningRow>> {
  if (rows.length === 0) return new Map();
  const hints = rows.map(({ id, projectId }): Signal => ({ kind: "change", projectId, topic: "runner", id }));
  // one of them was told to be silent: now it is back
  if (rows.some(({ wasSilent }) => wasSilent)) hints.push({ kind: "alerts" });
  const stored = await query<TighteningRow & { id: string }>(
    `with joined as (
      update "Runner" r set "joinId" = given."joinId", "previousJoinId" = given."previousJoinId", "connectionId" = given."connectionId",
        "connectedAt" = given.now, "lastSeenAt" = given.now, "goodbyeAt" = null, "clockOffsetMs" = given."clockOffsetMs", "hardwareId" = given."hardwareId",
        version = given.version, "browserName" = given."browserName", "browserVersion" = given."browserVersion"
      from jsonb_to_recordset($1::jsonb) as given(id uuid, "joinId" text, "previousJoinId" text, "connectionId" text, now timestamptz,
        "clockOffsetMs" int, "hardwareId" text, version text, "browserName" text, "browserVersion" text)
      where r.id = given.id returning r.id, r."deniedHosts", r."maxDownloadBytes", r.paused
    )
    select joined.*, ${notifySql("$2")} as told from joined`,
    JSON.stringify(rows),
    signalTexts(hints),
  );
  return new Map(stored.map((row) => [row.id, row]));
}

const onAnotherComputer = "The runner is on another computer than before. Accept it if you moved its folder there or replaced the system.";
const seenTwice =
  "The runner's folder was seen in two places. If you copied it or restored it from a backup, keep one copy and pair that one again.";

type DistrustedRow = { id: string; projectId: string; status: RunnerStatus; statusReason: string; claimedHardwareId: string | null };

async function storeDistrust(query: Query, rows: DistrustedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const hints = rows.flatMap(({ id, projectId }): Signal[] => [
    { kind: "runner-status", runnerId: id },
    { kind: "change", projectId, topic: "runner", id },
  ]);
  await query(
    `with distrusted as (
      update "Runner" r set status = given.status, "statusReason" = given."statusReason", "connectionId" = null,
        "claimedHardwareId" = coalesce(given."claimedHardwareId", r."claimedHardwareId")
      from jsonb_to_recordset($1::jsonb) as given(id uuid, status "RunnerStatus", "statusReason" text, "claimedHardwareId" text)
      where r.id = given.id
    )
    select ${notifySql("$2")} as told`,
    JSON.stringify(rows),
    signalTexts(hints),
  );
}

import type { ErrorCode } from "@deskhand/shared/error-codes";
import { type Proof, proofText } from "@deskhand/shared/protocol/handshake";
import type { RunnerStatus } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { sendSignals } from "@/server/signals";
import { isSignedByOne } from "./fingerprint.ts";
import { acceptedKeys, boundOffset, isKeyDue, judgeJoin, refusalOf } from "./rules.ts";
import { type Tightening, viewTightening } from "./view.ts";

type Connect = {
  runnerId: string;
  /** What the runner was asked to sign. */
  nonce: string;
  proof: Proof;
  /** Names the connection over all server processes. */
  connectionId: string;
  /** Does another instance of this runner hold a living connection? Asked only after the key was proven. */
  rivalAnswers: () => Promise<boolean>;
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

const keyColumns = {
  publicKey: true,
  previousPublicKey: true,
  previousKeyUntil: true,
  keyCreatedAt: true,
  keyRotationRequestedAt: true,
} as const;

type HeldRunner = {
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
 * owner. A runner that nobody has accepted yet waits and joins nothing. Each refusal is for good until a person does something.
 */
export async function connectRunner(ctx: Context, input: Connect): Promise<Connected> {
  const { runnerId, proof } = input;
  const known = await ctx.db.runner.findUnique({ where: { id: runnerId }, select: { ...keyColumns, status: true } });
  if (!known) return { outcome: "refused", code: "RUNNER_UNKNOWN" };
  if (!isSignedByOne(acceptedKeys(known, ctx.clock.now()), proofText(runnerId, input.nonce, proof), proof.signature)) {
    return { outcome: "refused", code: "SIGNATURE_INVALID" };
  }
  const rival = known.status === "accepted" && (await input.rivalAnswers());
  return ctx.db.$transaction(async (tx) => {
    const runner = await holdRunner(tx, runnerId);
    if (!runner) return { outcome: "refused", code: "RUNNER_UNKNOWN" };
    const refusal = refusalOf(runner.status);
    if (refusal) return { outcome: "refused", code: refusal };
    if (runner.status === "pending") return { outcome: "waiting", fingerprint: runner.fingerprint };
    const join = judgeJoin(runner, proof);
    if (rival || join === "copy") {
      await lock(tx, runnerId, runner.projectId);
      return { outcome: "refused", code: "RUNNER_LOCKED" };
    }
    const { hardwareId } = proof;
    if (hardwareId !== undefined && runner.hardwareId !== null && hardwareId !== runner.hardwareId) {
      await askAgain(tx, runnerId, runner.projectId, hardwareId);
      return { outcome: "waiting", fingerprint: runner.fingerprint };
    }
    const now = ctx.clock.now();
    const connected = await tx.runner.update({
      where: { id: runnerId },
      data: {
        ...(join === "next" ? { joinId: proof.nextJoinId, previousJoinId: runner.joinId } : {}),
        connectionId: input.connectionId,
        connectedAt: now,
        lastSeenAt: now,
        goodbyeAt: null,
        clockOffsetMs: boundOffset(now.getTime() - proof.clock),
        hardwareId: runner.hardwareId ?? hardwareId ?? null,
        version: proof.version,
        browserName: proof.browser?.name ?? null,
        browserVersion: proof.browser?.version ?? null,
      },
    });
    await sendSignals(tx, [
      { kind: "change", projectId: runner.projectId, topic: "runner", id: runnerId },
      // it was told to be silent: now that it is back
      ...(runner.silentSince ? [{ kind: "alerts" } as const] : []),
    ]);
    return {
      outcome: "connected",
      before: runner.lastSeenAt === null ? "never" : runner.goodbyeAt ? "stopped" : "left",
      projectId: runner.projectId,
      keyIsDue: isKeyDue(known, now),
      tightening: viewTightening(connected),
    };
  });
}

async function holdRunner(tx: Tx, runnerId: string): Promise<HeldRunner | undefined> {
  // Prisma has no "for update"; two copies that join at once are judged one after the other
  const rows = await tx.$queryRaw<HeldRunner[]>`
    select "projectId", status::text, fingerprint, "hardwareId", "joinId", "previousJoinId",
      "lastSeenAt", "goodbyeAt", "silentSince"
    from "Runner" where id = ${runnerId}::uuid for update`;
  return rows[0];
}

/** The folder is on another computer than the one that was accepted: a person looks at it before it works again. */
async function askAgain(tx: Tx, runnerId: string, projectId: string, claimedHardwareId: string): Promise<void> {
  const statusReason = "The runner is on another computer than before. Accept it if you moved its folder there or replaced the system.";
  await tx.runner.update({ where: { id: runnerId }, data: { status: "pending", statusReason, claimedHardwareId, connectionId: null } });
  await sendSignals(tx, [
    { kind: "runner-status", runnerId },
    { kind: "change", projectId, topic: "runner", id: runnerId },
  ]);
}

async function lock(tx: Tx, runnerId: string, projectId: string): Promise<void> {
  const statusReason =
    "The runner's folder was seen in two places. If you copied it or restored it from a backup, keep one copy and pair that one again.";
  await tx.runner.update({ where: { id: runnerId }, data: { status: "locked", statusReason, connectionId: null } });
  await sendSignals(tx, [
    { kind: "runner-status", runnerId },
    { kind: "change", projectId, topic: "runner", id: runnerId },
  ]);
}

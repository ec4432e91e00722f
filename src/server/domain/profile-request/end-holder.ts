import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import type { Holder } from "./find-holder.ts";

type About = { projectId: string; profileId: string; runnerId: string };

/** How long a runner that is away has to come back and close what holds a profile, in milliseconds: longer, and somebody else has it. */
const WITHIN_MS = 10 * 60_000;

/**
 * Looks at what was signed for the end of a window, session or connection. A run is ended by its cancel, which needs no signature.
 * @throws AppError SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function checkEnd(
  ctx: Context,
  { projectId, profileId, runnerId }: About,
  { holderKind, signed }: Pick<Holder, "holderKind"> & { signed: string | undefined },
): Promise<string | undefined> {
  if (holderKind === "run" || holderKind === "task") return undefined;
  return checkOrder(ctx, { projectId, runnerId, signed, command: "profile.close", payload: { profileId } });
}

/** Asks what holds a profile to stop: its run is cancelled, whatever else has it open is closed. Nothing more happens to one that is over. */
export async function endHolder(
  tx: Tx,
  ctx: Context,
  { projectId, profileId, runnerId }: About,
  { holderKind, holderId, signedManifest }: Pick<Holder, "holderKind" | "holderId"> & { signedManifest: string | undefined },
): Promise<void> {
  if (holderKind === "run") {
    const command = await tx.command.findUnique({ where: { runId: holderId }, select: { id: true } });
    if (command) await requestCancel(tx, ctx, command.id);
    return;
  }
  // closing what somebody else has opened since would take it from the wrong person
  const { count } = await tx.profile.updateMany({ where: { id: profileId, holderId }, data: { holderId } });
  if (count === 0) return;
  const deadlineAt = new Date(ctx.clock.now().getTime() + WITHIN_MS);
  const payload = { requestedBy: { userId: null }, profileId, ...(signedManifest && { signedManifest }) };
  await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "profile.close", payload, deadlineAt });
}

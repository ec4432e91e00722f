import { claimOrders, type claimProfileInput, type ProfileMoveView } from "@deskhand/shared/schemas/profile-move";
import { v7 as uuid } from "uuid";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { findScheduled } from "@/server/domain/deployment/scheduled-profiles";
import { PARCEL_KEPT_MS } from "@/server/domain/parcel/rules";
import { holdProfiles } from "@/server/domain/profile/hold-targets";
import { findStillProfile } from "@/server/domain/profile/queries";
import { tellProfiles } from "@/server/domain/profile/tell-profiles";
import { readSettings } from "@/server/domain/profile/view";
import { tellOfWays } from "@/server/domain/proxy/tell-of-ways";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { getMove } from "./queries.ts";

/**
 * Has a profile be another runner's, which has a copy of it from a backup: once that one has said so, as with a move. What its old runner
 * has is put aside when that is there again.
 * @throws AppError NOT_FOUND, PROFILE_MOVING, PROFILE_IN_USE, PROFILE_SCHEDULED, CONFLICT when it is that runner's already or has been changed
 * since it was signed, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function claimProfile(ctx: Context, input: z.output<typeof claimProfileInput>): Promise<ProfileMoveView> {
  const profile = await findStillProfile(ctx, input.id, "profile.write");
  const { id, projectId, runnerId: fromRunnerId, revision } = profile;
  const { runnerId: toRunnerId, signedClaim, signedDelete } = input;
  const settings = readSettings(profile);
  if (fromRunnerId === toRunnerId) throw new AppError("CONFLICT", { userMessage: "The profile is on this runner already." });
  const orders = claimOrders({ id, revision, settings });
  await checkOrder(ctx, { projectId, runnerId: toRunnerId, signed: signedClaim, command: "profile.claim", payload: orders.claim });
  await checkOrder(ctx, { projectId, runnerId: fromRunnerId, signed: signedDelete, command: "profile.delete", payload: orders.delete });
  await limitCommands(ctx, { projectId, runnerId: toRunnerId, count: 1 });
  const now = ctx.clock.now();
  const moveId = uuid();
  await ctx.db.$transaction(async (tx) => {
    const runner = await tx.runner.findUnique({ where: { id: toRunnerId }, select: { projectId: true, status: true } });
    if (runner?.projectId !== projectId) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    const [held] = await holdProfiles(tx, { projectId, target: { ids: [id] }, now });
    const current = await tx.profile.findUniqueOrThrow({ where: { id }, select: { revision: true } });
    if (held?.runnerId !== fromRunnerId || current.revision !== revision) throw new AppError("CONFLICT");
    if (held.inUse) throw new AppError("PROFILE_IN_USE");
    if ((await findScheduled(tx, projectId, [id])).has(id)) throw new AppError("PROFILE_SCHEDULED");
    await tellOfWays(tx, ctx, { projectId, runnerId: toRunnerId, settings: [settings] });
    const payload = { ...orders.claim, ...(signedClaim && { signedManifest: signedClaim }) };
    const deadlineAt = new Date(now.getTime() + PARCEL_KEPT_MS);
    const command = await enqueueCommand(tx, ctx, { projectId, runnerId: toRunnerId, kind: "profile.claim", payload, deadlineAt });
    await tx.profileMove.create({
      data: {
        id: moveId,
        projectId,
        profileId: id,
        fromRunnerId,
        toRunnerId,
        state: "taking",
        // what the last step of a move needs
        orders: { profileId: id, ...(signedDelete && { signedDelete }) },
        inCommandId: command.id,
        requestedById: "userId" in ctx.actor ? ctx.actor.userId : null,
        createdAt: now,
      },
    });
    await tx.profile.update({ where: { id }, data: { moveId } });
    await tellProfiles(tx, projectId, [profile], { runners: true });
  });
  return getMove(ctx, { id: moveId });
}

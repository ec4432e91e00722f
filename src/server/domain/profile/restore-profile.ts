import type { ProfileView, restoreProfileInput } from "@deskhand/shared/schemas/profile";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { isNameTaken, showProfile, withNames } from "./queries.ts";
import { TASK_WITHIN_MS } from "./rules.ts";

/**
 * Brings a deleted profile back, with all that its runner still has of it.
 * @throws AppError NOT_FOUND for one that was not deleted or whose time is over, NAME_TAKEN when another has its name by now,
 * RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function restoreProfile(ctx: Context, input: z.output<typeof restoreProfileInput>): Promise<ProfileView> {
  const now = ctx.clock.now();
  const profile = await ctx.db.profile.findUnique({ where: { id: input.id, deletedAt: { not: null }, purgeAt: { gt: now } } });
  if (!profile) throw new AppError("NOT_FOUND");
  const { id, projectId, runnerId } = profile;
  await authorize(ctx, projectId, "profile.write");
  const payload = { profileId: id };
  const signedManifest = await checkOrder(ctx, { projectId, runnerId, signed: input.signedManifest, command: "profile.restore", payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  const restored = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const runner = await tx.runner.findUniqueOrThrow({ where: { id: runnerId }, select: { status: true } });
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    if (await isNameTaken(tx, projectId, profile.name, id)) throw new AppError("NAME_TAKEN");
    const { count } = await tx.profile.updateMany({ where: { id, deletedAt: { not: null } }, data: { deletedAt: null, purgeAt: null } });
    if (count === 0) throw new AppError("NOT_FOUND");
    const deadlineAt = new Date(now.getTime() + TASK_WITHIN_MS);
    const signed = signedManifest ? { signedManifest } : {};
    await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "profile.restore", payload: { ...payload, ...signed }, deadlineAt });
    await noteEvents(queryIn(tx), { projectId, type: "profile.restored", ids: [id], at: now });
    await sendSignals(tx, [
      { kind: "change", projectId, topic: "profile", id },
      { kind: "change", projectId, topic: "runner", id: runnerId },
    ]);
    return tx.profile.findUniqueOrThrow({ where: { id }, include: withNames });
  });
  return showProfile(ctx, restored);
}

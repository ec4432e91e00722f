import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import { type BulkResult, DELETED_KEPT_MS, type deleteProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { limitMany } from "@/server/domain/command/limit-many";
import { findScheduled } from "@/server/domain/deployment/scheduled-profiles";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { holdProfiles, targetSql } from "./hold-targets.ts";
import { checkMany, orderMany } from "./order-many.ts";
import { tellProfiles } from "./tell-profiles.ts";

/**
 * Deletes many profiles, each as `deleteProfile` does. Those that are in use or that a schedule runs on stay, which the answer tells; what was
 * signed is done whole.
 * @throws AppError NOT_FOUND, PROFILE_IN_USE and PROFILE_SCHEDULED when one of those that were signed for is so, RATE_LIMITED,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function deleteProfiles(ctx: Context, input: z.output<typeof deleteProfilesInput>): Promise<BulkResult> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { ids, filter } = input;
  const now = ctx.clock.now();
  const hold = { projectId, target: { ids, filter }, now };
  const asked = await ctx.db.$queryRaw<
    { id: string; runnerId: string }[]
  >`select p.id, p."runnerId" from "Profile" p where ${targetSql(hold)}`;
  const order = { projectId, kind: "profiles.delete" as const, keepMs: DELETED_KEPT_MS };
  const manifest = await checkMany(ctx, { ...order, profiles: asked, ids, signed: input.signedManifest });
  await limitMany(ctx, projectId, asked, PROFILES_PER_TASK);
  return ctx.db.$transaction(async (tx) => {
    const held = await holdProfiles(tx, hold);
    const scheduled = await findScheduled(
      tx,
      projectId,
      held.map(({ id }) => id),
    );
    const refused = held.flatMap(({ id, name, inUse }) => {
      const code = inUse ? ("PROFILE_IN_USE" as const) : scheduled.has(id) ? ("PROFILE_SCHEDULED" as const) : undefined;
      return code ? [{ id, name, code }] : [];
    });
    const [first] = refused;
    if (manifest && first) throw new AppError(first.code, { details: { profileIds: refused.map(({ id }) => id) } });
    const kept = new Set(refused.map(({ id }) => id));
    const free = held.filter(({ id }) => !kept.has(id));
    const purgeAt = new Date(now.getTime() + DELETED_KEPT_MS);
    await tx.profile.updateMany({ where: { id: { in: free.map(({ id }) => id) } }, data: { deletedAt: now, purgeAt } });
    // a runner that is not the project's any more is told nothing
    const accepted = new Set(
      (await tx.runner.findMany({ where: { projectId, status: "accepted" }, select: { id: true } })).map(({ id }) => id),
    );
    const told = free.filter(({ runnerId }) => accepted.has(runnerId));
    await orderMany(tx, ctx, { ...order, profiles: told, signed: manifest && ids ? { ids, manifest } : undefined });
    await noteEvents(queryIn(tx), { projectId, type: "profile.deleted", ids: free.map(({ id }) => id), at: now });
    await tellProfiles(tx, projectId, free, { runners: true });
    return { done: free.length, refused: refused.slice(0, 1000) };
  });
}

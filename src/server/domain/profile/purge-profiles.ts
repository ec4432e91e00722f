import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import type { BulkResult, deletedProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitMany } from "@/server/domain/command/limit-many";
import { authorize } from "@/server/domain/project/policy";
import { holdProfiles, requireAll, targetSql } from "./hold-targets.ts";
import { checkMany, orderMany } from "./order-many.ts";
import { tellProfiles } from "./tell-profiles.ts";

/**
 * Ends deleted profiles for good, before their 30 days are over: nobody brings them back, and their runner removes what it has of them.
 * @throws AppError NOT_FOUND for one that was not deleted or whose time is over, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED,
 * MANIFEST_INVALID
 */
export async function purgeProfiles(ctx: Context, input: z.output<typeof deletedProfilesInput>): Promise<BulkResult> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { ids } = input;
  const now = ctx.clock.now();
  const hold = { projectId, target: { ids }, deleted: true, now };
  const asked = await ctx.db.$queryRaw<
    { id: string; runnerId: string }[]
  >`select p.id, p."runnerId" from "Profile" p where ${targetSql(hold)}`;
  requireAll({ ids }, asked);
  const manifest = await checkMany(ctx, { projectId, kind: "profiles.delete", profiles: asked, ids, signed: input.signedManifest });
  await limitMany(ctx, projectId, asked, PROFILES_PER_TASK);
  return ctx.db.$transaction(async (tx) => {
    const held = await holdProfiles(tx, hold);
    await tx.profile.updateMany({ where: { id: { in: held.map(({ id }) => id) } }, data: { purgeAt: now } });
    const accepted = new Set(
      (await tx.runner.findMany({ where: { projectId, status: "accepted" }, select: { id: true } })).map(({ id }) => id),
    );
    const told = held.filter(({ runnerId }) => accepted.has(runnerId));
    await orderMany(tx, ctx, { projectId, kind: "profiles.delete", profiles: told, signed: manifest ? { ids, manifest } : undefined });
    await tellProfiles(tx, projectId, held);
    return { done: held.length, refused: [] };
  });
}

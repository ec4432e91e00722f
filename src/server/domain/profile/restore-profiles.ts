import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import type { BulkResult, deletedProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { limitMany } from "@/server/domain/command/limit-many";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { type HeldProfile, holdProfiles, requireAll, targetSql } from "./hold-targets.ts";
import { checkMany, orderMany } from "./order-many.ts";
import { takenNames } from "./queries.ts";
import { tellProfiles } from "./tell-profiles.ts";

/**
 * Brings many deleted profiles back, each as `restoreProfile` does. Those whose name another has by now, and those whose runner is not
 * the project's any more, stay deleted, which the answer tells; what was signed is done whole.
 * @throws AppError NOT_FOUND for one that was not deleted or whose time is over, NAME_TAKEN and RUNNER_NOT_ACCEPTED for what was signed,
 * RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function restoreProfiles(ctx: Context, input: z.output<typeof deletedProfilesInput>): Promise<BulkResult> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { ids } = input;
  const hold = { projectId, target: { ids }, deleted: true, now: ctx.clock.now() };
  const asked = await ctx.db.$queryRaw<
    { id: string; runnerId: string }[]
  >`select p.id, p."runnerId" from "Profile" p where ${targetSql(hold)}`;
  requireAll({ ids }, asked);
  const manifest = await checkMany(ctx, { projectId, kind: "profiles.restore", profiles: asked, ids, signed: input.signedManifest });
  await limitMany(ctx, projectId, asked, PROFILES_PER_TASK);
  return ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const held = await holdProfiles(tx, hold);
    const accepted = new Set(
      (await tx.runner.findMany({ where: { projectId, status: "accepted" }, select: { id: true } })).map(({ id }) => id),
    );
    const taken = await takenNames(
      tx,
      projectId,
      held.map(({ name }) => name),
    );
    const back: HeldProfile[] = [];
    const refused: BulkResult["refused"] = [];
    for (const profile of held) {
      const lower = profile.name.toLowerCase();
      const code = taken.has(lower) ? "NAME_TAKEN" : accepted.has(profile.runnerId) ? null : "RUNNER_NOT_ACCEPTED";
      if (code && manifest) throw new AppError(code, { details: { profileIds: [profile.id] } });
      if (code) refused.push({ id: profile.id, name: profile.name, code });
      else back.push(profile);
      // of two deleted ones with one name, the first has it
      taken.add(lower);
    }
    await tx.profile.updateMany({ where: { id: { in: back.map(({ id }) => id) } }, data: { deletedAt: null, purgeAt: null } });
    await orderMany(tx, ctx, { projectId, kind: "profiles.restore", profiles: back, signed: manifest ? { ids, manifest } : undefined });
    await noteEvents(queryIn(tx), { projectId, type: "profile.restored", ids: back.map(({ id }) => id), at: ctx.clock.now() });
    await tellProfiles(tx, projectId, back, { runners: true });
    return { done: back.length, refused };
  });
}

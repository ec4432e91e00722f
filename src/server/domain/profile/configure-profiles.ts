import type { configureProfilesInput } from "@deskhand/shared/schemas/profile";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { tellOfWays } from "@/server/domain/proxy/tell-of-ways";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { type Signal, sendSignals } from "@/server/signals";
import { findGone } from "./hold-targets.ts";
import { TASK_WITHIN_MS } from "./rules.ts";

/**
 * Changes what profiles of one runner are like, all or none, and has their runner told. Each names the revision that it makes: the one
 * after the profile's own, so that of two who change one at once, one is told. Which of them cannot be changed, each with its code, is in
 * `details.refused`: the others can be sent without them.
 * @throws AppError NOT_FOUND, PROFILE_ON_OTHER_RUNNER, PROFILE_MOVING, CONFLICT for another revision, RUNNER_NOT_ACCEPTED, RATE_LIMITED,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function configureProfiles(ctx: Context, input: z.output<typeof configureProfilesInput>): Promise<{ done: true }> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { runnerId, profiles } = input;
  const payload = { profiles };
  const signedManifest = await checkOrder(ctx, {
    projectId,
    runnerId,
    signed: input.signedManifest,
    command: "profile.configure",
    payload,
  });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  await ctx.db.$transaction(async (tx) => {
    const runner = await tx.runner.findUnique({ where: { id: runnerId }, select: { projectId: true, status: true } });
    if (runner?.projectId !== projectId) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    // held in the order of their ids; Prisma has no row locks
    const held = await tx.$queryRaw<Row[]>`
      select id, name, "runnerId", revision, "moveId" from "Profile"
      where id = any(${profiles.map(({ profileId }) => profileId)}::uuid[]) and "projectId" = ${projectId}::uuid and "deletedAt" is null
      order by id for no key update`;
    const known = new Map(held.map((profile) => [profile.id, profile]));
    const refused = profiles.flatMap(({ profileId: id, revision }) => {
      const profile = known.get(id);
      const code = refusalOf(profile, { runnerId, revision });
      return code ? [{ id, name: profile?.name ?? id, code }] : [];
    });
    const [first] = refused;
    if (first) {
      const gone = await findGone(tx, { projectId, ids: profiles.map(({ profileId }) => profileId) }, held);
      const names = new Map(gone.map(({ id, name }) => [id, name]));
      const profileIds = refused.filter(({ code }) => code === first.code).map(({ id }) => id);
      const what = first.code === "NOT_FOUND" ? { what: "profile" } : {};
      throw new AppError(first.code, {
        details: { ...what, profileIds, refused: refused.map((one) => ({ ...one, name: names.get(one.id) ?? one.name })) },
      });
    }
    // one statement for all of them
    await tx.$executeRaw`
      update "Profile" p set settings = given.settings, revision = given.revision
      from jsonb_to_recordset(${JSON.stringify(profiles)}::jsonb) as given("profileId" uuid, revision int, settings jsonb)
      where p.id = given."profileId"`;
    await tellOfWays(tx, ctx, { projectId, runnerId, settings: profiles.map(({ settings }) => settings) });
    await noteEvents(queryIn(tx), {
      projectId,
      type: "profile.updated",
      ids: profiles.map(({ profileId }) => profileId),
      at: ctx.clock.now(),
    });
    const deadlineAt = new Date(ctx.clock.now().getTime() + TASK_WITHIN_MS);
    const signed = signedManifest ? { signedManifest } : {};
    await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "profile.configure", payload: { ...payload, ...signed }, deadlineAt });
    await sendSignals(
      tx,
      profiles.slice(0, 20).map(({ profileId: id }): Signal => ({ kind: "change", projectId, topic: "profile", id })),
    );
  });
  return { done: true };
}

type Row = { id: string; name: string; runnerId: string; revision: number; moveId: string | null };

/** Why it cannot be made like that; undefined when it can. */
function refusalOf(profile: Row | undefined, { runnerId, revision }: { runnerId: string; revision: number }) {
  if (!profile) return "NOT_FOUND" as const;
  if (profile.runnerId !== runnerId) return "PROFILE_ON_OTHER_RUNNER" as const;
  if (profile.moveId) return "PROFILE_MOVING" as const;
  return profile.revision + 1 === revision ? undefined : ("CONFLICT" as const);
}

import type { deleteProfileInput } from "@deskhand/shared/schemas/profile";
import { DELETED_KEPT_MS } from "@deskhand/shared/schemas/profile-bulk";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { findScheduled } from "@/server/domain/deployment/scheduled-profiles";
import { activeStates } from "@/server/domain/run/rules";
import { checkManifest, invalid } from "@/server/domain/signing-key/check-manifest";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findStillProfile } from "./queries.ts";
import { TASK_WITHIN_MS } from "./rules.ts";

/**
 * Deletes a profile: at once for people, and on its runner (state, cookies) 30 days after that hears of it, until when it can be
 * brought back. What its runs left is kept.
 * @throws AppError NOT_FOUND, PROFILE_MOVING, PROFILE_IN_USE while a run on it waits or is under way, PROFILE_SCHEDULED while a schedule or
 * trigger runs on it, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function deleteProfile(ctx: Context, input: z.output<typeof deleteProfileInput>): Promise<{ done: true }> {
  const { id, projectId, runnerId } = await findStillProfile(ctx, input.id, "profile.write");
  const signedManifest = await readSigned(ctx, { id, projectId, runnerId, signed: input.signedManifest });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  const now = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    // deployments hold the row with "key share": from here on no run can begin on it (Prisma has no row locks)
    const held = await tx.$queryRaw<unknown[]>`select 1 from "Profile" where id = ${id}::uuid and "deletedAt" is null for update`;
    if (held.length === 0) throw new AppError("NOT_FOUND");
    const run = await tx.run.findFirst({ where: { profileId: id, state: { in: activeStates } }, select: { id: true } });
    if (run) throw new AppError("PROFILE_IN_USE", { details: { runId: run.id } });
    if ((await findScheduled(tx, projectId, [id])).has(id)) throw new AppError("PROFILE_SCHEDULED");
    await tx.profile.update({ where: { id }, data: { deletedAt: now, purgeAt: new Date(now.getTime() + DELETED_KEPT_MS) } });
    const runner = await tx.runner.findUniqueOrThrow({ where: { id: runnerId }, select: { status: true } });
    if (runner.status === "accepted") {
      const deadlineAt = new Date(now.getTime() + TASK_WITHIN_MS);
      const payload = { profileId: id, keepMs: DELETED_KEPT_MS, ...(signedManifest ? { signedManifest } : {}) };
      await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "profile.delete", payload, deadlineAt });
    }
    await noteEvents(queryIn(tx), { projectId, type: "profile.deleted", ids: [id], at: now });
    await sendSignals(tx, [
      { kind: "change", projectId, topic: "profile", id },
      { kind: "change", projectId, topic: "runner", id: runnerId },
    ]);
  });
  return { done: true };
}

type Signed = { id: string; projectId: string; runnerId: string; signed: string | undefined };

async function readSigned(ctx: Context, { id, projectId, runnerId, signed }: Signed): Promise<string | undefined> {
  const manifest = await checkManifest(ctx, { projectId, runnerId, signed });
  if (!manifest) return undefined;
  if (manifest.kind !== "delete-profile" || manifest.profileId !== id) throw invalid("Something else than this profile's end was signed.");
  return signed;
}

import type { CreatedProfile, createProfileInput } from "@deskhand/shared/schemas/profile";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { newSettings } from "./new-settings.ts";
import { isNameTaken, showProfile, withNames } from "./queries.ts";
import { TASK_WITHIN_MS } from "./rules.ts";

/**
 * Makes a profile on an accepted runner; its state comes into being with its first run. What a runner that demands signatures is to be
 * told of it, whoever made it has to sign: it is `toSign` then.
 * @throws AppError NOT_FOUND for a runner of another project, RUNNER_NOT_ACCEPTED, NAME_TAKEN (case does not count)
 */
export async function createProfile(ctx: Context, input: z.output<typeof createProfileInput>): Promise<CreatedProfile> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { name, runnerId, device } = input;
  const host = await ctx.db.runner.findFirst({ where: { id: runnerId, projectId }, select: { platform: true, signaturesRequired: true } });
  const wanted = host ? await newSettings(host, device) : undefined;
  const isSigned = host?.signaturesRequired === true;
  const settings = isSigned ? undefined : wanted;
  const profile = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const runner = await tx.runner.findUnique({ where: { id: runnerId }, select: { projectId: true, status: true } });
    if (runner?.projectId !== projectId) throw new AppError("NOT_FOUND");
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    if (await isNameTaken(tx, projectId, name)) throw new AppError("NAME_TAKEN");
    const created = await tx.profile.create({
      data: { projectId, runnerId, name, createdAt: ctx.clock.now(), ...(settings && { settings, revision: 1 }) },
      include: withNames,
    });
    if (settings) {
      const payload = { profiles: [{ profileId: created.id, revision: 1, settings }] };
      const deadlineAt = new Date(ctx.clock.now().getTime() + TASK_WITHIN_MS);
      await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "profile.configure", payload, deadlineAt });
    }
    await noteEvents(queryIn(tx), { projectId, type: "profile.created", ids: [created.id], at: ctx.clock.now() });
    await sendSignals(tx, [
      { kind: "change", projectId, topic: "profile", id: created.id },
      { kind: "change", projectId, topic: "runner", id: runnerId },
    ]);
    return created;
  });
  return { ...(await showProfile(ctx, profile)), ...(isSigned && { toSign: wanted }) };
}

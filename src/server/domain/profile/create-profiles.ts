import { PROFILES_PER_CONFIGURE } from "@deskhand/shared/protocol/tasks";
import { name as profileName } from "@deskhand/shared/schemas/common";
import type { createProfilesInput, madeProfiles } from "@deskhand/shared/schemas/profile-bulk";
import { namesOf } from "@deskhand/shared/schemas/profile-names";
import { v7 as uuid } from "uuid";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { findGroup } from "@/server/domain/profile-group/queries";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { tellOfWays } from "@/server/domain/proxy/tell-of-ways";
import { AppError } from "@/server/errors";
import { newSettings } from "./new-settings.ts";
import { takenNames } from "./queries.ts";
import { TASK_WITHIN_MS } from "./rules.ts";
import { tellProfiles } from "./tell-profiles.ts";

/**
 * Makes many profiles on an accepted runner, all or none, with names by a pattern. As with one, what is to be signed is in `toSign`.
 * @throws AppError NOT_FOUND for a runner, group, proxy or pool of another project, RUNNER_NOT_ACCEPTED, NAME_TAKEN with the names
 * (`details.names`, at most 10), INVALID_INPUT when a name gets too long
 */
export async function createProfiles(ctx: Context, input: z.output<typeof createProfilesInput>): Promise<z.output<typeof madeProfiles>> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { runnerId, count, pattern, start, tags } = input;
  const groupId = input.groupId ?? null;
  const names = namesOf(pattern, count, start);
  if (names.some((each) => !profileName.safeParse(each).success)) {
    throw new AppError("INVALID_INPUT", { userMessage: "pattern: With its number, a name has more than 80 characters." });
  }
  const host = await ctx.db.runner.findFirst({ where: { id: runnerId, projectId }, select: { platform: true, signaturesRequired: true } });
  const proxy = input.proxy && { proxy: input.proxy };
  const wanted = host && (await Promise.all(names.map(async () => ({ ...(await newSettings(host, input.device)), ...proxy }))));
  const isSigned = host?.signaturesRequired === true;
  const settings = isSigned ? undefined : wanted;
  const now = ctx.clock.now();
  // a millisecond apart, so that the newest first is the last number first
  const items = names.map((each, n) => ({ id: uuid(), name: each, createdAt: new Date(now.getTime() + n) }));
  await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const runner = await tx.runner.findUnique({ where: { id: runnerId }, select: { projectId: true, status: true } });
    if (runner?.projectId !== projectId) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    if (groupId) await findGroup(tx, projectId, groupId);
    const taken = await takenNames(tx, projectId, names);
    if (taken.size > 0) {
      const first = names.filter((each) => taken.has(each.toLowerCase()));
      throw new AppError("NAME_TAKEN", {
        userMessage: `${taken.size === 1 ? "There is" : `${taken.size} are there already, first`} ${first[0]}${taken.size === 1 ? " already" : ""}.`,
        details: { names: first.slice(0, 10) },
      });
    }
    await tx.profile.createMany({
      data: items.map((item, n) => ({
        ...item,
        projectId,
        runnerId,
        groupId,
        tags,
        ...(settings && { settings: settings[n], revision: 1 }),
      })),
    });
    // before the profiles that leave by them
    if (input.proxy) await tellOfWays(tx, ctx, { projectId, runnerId, settings: [{ proxy: input.proxy }] });
    const profiles = items.flatMap(({ id: profileId }, n) => {
      const made = settings?.[n];
      return made ? [{ profileId, revision: 1, settings: made }] : [];
    });
    const deadlineAt = new Date(now.getTime() + TASK_WITHIN_MS);
    for (let first = 0; first < profiles.length; first += PROFILES_PER_CONFIGURE) {
      const payload = { profiles: profiles.slice(first, first + PROFILES_PER_CONFIGURE) };
      await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "profile.configure", payload, deadlineAt });
    }
    await noteEvents(queryIn(tx), { projectId, type: "profile.created", ids: items.map(({ id }) => id), at: now });
    await tellProfiles(
      tx,
      projectId,
      items.map(({ id }) => ({ id, runnerId })),
      { runners: true },
    );
  });
  return { items: items.map(({ id, name }, n) => ({ id, name, ...(isSigned && { toSign: wanted?.[n] }) })) };
}

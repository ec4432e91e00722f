import { chunks } from "@deskhand/shared/chunks";
import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import type { Identity } from "@deskhand/shared/schemas/identity";
import type { cloneProfilesInput, madeProfiles } from "@deskhand/shared/schemas/profile-bulk";
import { copyName } from "@deskhand/shared/schemas/profile-names";
import { type ProfileSettings, profileSettings } from "@deskhand/shared/schemas/profile-settings";
import { v7 as uuid } from "uuid";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { enqueueCommands } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import type { Profile } from "@/server/generated/prisma/client";
import { requireAll } from "./hold-targets.ts";
import { identityLike } from "./new-settings.ts";
import { TASK_WITHIN_MS } from "./rules.ts";
import { tellProfiles } from "./tell-profiles.ts";

type Copy = { from: Profile; id: string; settings: ProfileSettings | null; identity: Identity | null };

/**
 * Makes copies of profiles on their runners, all or none: with their settings, tags, notes and group at once, and with what is saved of
 * them as soon as the runner hears of it; those that it does not make are taken away again. Each shows itself as a device of its own, unless they are to keep the one of their source.
 * @throws AppError NOT_FOUND, PROFILE_MOVING, CONFLICT for an id that is there already, RUNNER_NOT_ACCEPTED, RATE_LIMITED, INVALID_INPUT when one signature
 * is to stand for several commands, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function cloneProfiles(ctx: Context, input: z.output<typeof cloneProfilesInput>): Promise<z.output<typeof madeProfiles>> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const ids = [...new Set(input.copies.map(({ from }) => from))];
  const sources = await ctx.db.profile.findMany({ where: { id: { in: ids }, projectId, deletedAt: null } });
  requireAll({ ids }, sources);
  const moving = sources.flatMap(({ id, moveId }) => (moveId ? [id] : []));
  if (moving.length > 0) throw new AppError("PROFILE_MOVING", { details: { profileIds: moving } });
  const byId = new Map(sources.map((source) => [source.id, source]));
  const given = input.copies.flatMap(({ from, ...copy }) => {
    const source = byId.get(from);
    return source ? [{ ...copy, from: source }] : [];
  });
  const copies = await Promise.all(given.map((copy) => makeCopy(copy, input)));
  const signed = await readSigned(ctx, { projectId, copies, signed: input.signedManifest });
  const orders = [...Map.groupBy(copies, ({ from }) => from)].flatMap(([from, own]) =>
    chunks(own, PROFILES_PER_TASK).map((some) => ({ from, payload: payloadOf(from, some) })),
  );
  for (const [runnerId, own] of Map.groupBy(orders, ({ from }) => from.runnerId)) {
    await limitCommands(ctx, { projectId, runnerId, count: own.length });
  }
  const now = ctx.clock.now();
  return ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const stopped = await tx.runner.findFirst({
      where: { id: { in: sources.map(({ runnerId }) => runnerId) }, status: { not: "accepted" } },
    });
    if (stopped) throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: stopped.status } });
    if (await tx.profile.findFirst({ where: { id: { in: copies.map(({ id }) => id) } } })) throw new AppError("CONFLICT");
    const named = nameCopies(copies, await namesLike(queryIn(tx), projectId, sources));
    const deadlineAt = new Date(now.getTime() + TASK_WITHIN_MS);
    const more = signed ? { signedManifest: signed } : {};
    const commands = orders.map((order) => ({
      projectId,
      runnerId: order.from.runnerId,
      kind: "profile.clone" as const,
      payload: { requestedBy: { userId: null }, ...order.payload, ...more },
      deadlineAt,
    }));
    const queued = await enqueueCommands(queryIn(tx), ctx, commands);
    const copiedBy = new Map(orders.flatMap(({ payload }, n) => payload.copies.map((id) => [id, queued[n]?.id ?? null])));
    await tx.profile.createMany({
      data: named.map(({ from, id, name, identity, ...copy }, n) => {
        const { runnerId, notes, tags, groupId } = from;
        // as the runner counts it
        const revision = identity ? Math.max(from.revision, 1) : from.revision;
        const settings = copy.settings ?? {};
        const createdAt = new Date(now.getTime() + n);
        return {
          id,
          name,
          projectId,
          runnerId,
          notes,
          tags,
          groupId,
          settings,
          revision,
          createdAt,
          copyCommandId: copiedBy.get(id) ?? null,
        };
      }),
    });
    await noteEvents(queryIn(tx), { projectId, type: "profile.created", ids: named.map(({ id }) => id), at: now });
    await tellProfiles(
      tx,
      projectId,
      named.map(({ id, from }) => ({ id, runnerId: from.runnerId })),
      { runners: true },
    );
    return { items: named.map(({ id, name }) => ({ id, name })) };
  });
}

/** Shows itself as a device of its own, unless it is to keep the one of its source, or that has none. */
async function makeCopy(
  { from, id = uuid(), identity }: { from: Profile; id?: string | undefined; identity?: Identity | undefined },
  { keepIdentity, signedManifest }: z.output<typeof cloneProfilesInput>,
): Promise<Copy> {
  const settings = from.settings === null ? null : profileSettings.parse(from.settings);
  const original = settings?.identity;
  if (keepIdentity || !original) {
    if (identity) throw new AppError("INVALID_INPUT", { userMessage: "identity: The copy has that of the profile, or there is none." });
    return { from, id, settings, identity: null };
  }
  if (!identity && signedManifest !== undefined) {
    throw new AppError("INVALID_INPUT", { userMessage: "identity: What is signed names the device of each copy." });
  }
  const own = identity ?? (await identityLike(original));
  return { from, id, settings: { ...settings, identity: own }, identity: own };
}

/** What the runner is told of copies of one profile: all of them have a device of their own or none has. */
function payloadOf({ id: profileId }: { id: string }, copies: Copy[]) {
  const identities = copies.flatMap(({ identity }) => (identity ? [identity] : []));
  return { profileId, copies: copies.map(({ id }) => id), ...(identities.length > 0 && { identities }) };
}

async function readSigned(
  ctx: Context,
  given: { projectId: string; copies: Copy[]; signed: string | undefined },
): Promise<string | undefined> {
  const { projectId, copies, signed } = given;
  const sources = new Map(copies.map(({ from }) => [from.id, from]));
  if (signed !== undefined && (sources.size > 1 || copies.length > PROFILES_PER_TASK)) {
    throw new AppError("INVALID_INPUT", { userMessage: "What is signed names one profile and at most 100 copies of it." });
  }
  let read: string | undefined;
  for (const { id: profileId, runnerId } of sources.values()) {
    read = await checkOrder(ctx, { projectId, runnerId, signed, command: "profile.clone", payload: payloadOf({ id: profileId }, copies) });
  }
  return read;
}

/** The names, in lower case, that begin as the sources' do: among them are those that a copy may not have. */
async function namesLike(query: ReturnType<typeof queryIn>, projectId: string, sources: Profile[]): Promise<Set<string>> {
  const bases = sources.map(({ name }) => copyName(name, new Set()).replace(/ \(copy\)$/u, ""));
  // read along the index of names; Prisma knows no prefix of a lower case
  const rows = await query<{ name: string }>(
    `select distinct lower(p.name) as name from unnest($2::text[]) as given(base)
      join "Profile" p on p."projectId" = $1::uuid and p."deletedAt" is null and lower(p.name) >= lower(given.base)
        and lower(p.name) <= lower(given.base) || ' (copy' || chr(1114109) and starts_with(lower(p.name), lower(given.base) || ' (copy')`,
    projectId,
    bases,
  );
  return new Set(rows.map(({ name }) => name));
}

function nameCopies(copies: Copy[], taken: Set<string>): (Copy & { name: string })[] {
  return copies.map((copy) => {
    const name = copyName(copy.from.name, taken);
    taken.add(name.toLowerCase());
    return { ...copy, name };
  });
}

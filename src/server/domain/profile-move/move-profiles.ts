import { type MovesBegun, moveOrders, type moveProfilesInput, type ProfileMoveOrder } from "@deskhand/shared/schemas/profile-move";
import { proxyIdsOf } from "@deskhand/shared/schemas/proxy-setting";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn, type Tx } from "@/server/db";
import { limitMany } from "@/server/domain/command/limit-many";
import { findScheduled } from "@/server/domain/deployment/scheduled-profiles";
import { holdProfiles, requireAll } from "@/server/domain/profile/hold-targets";
import { tellProfiles } from "@/server/domain/profile/tell-profiles";
import { readSettings } from "@/server/domain/profile/view";
import { authorize } from "@/server/domain/project/policy";
import { tellOfWays } from "@/server/domain/proxy/tell-of-ways";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import type { Profile } from "@/server/generated/prisma/client";
import { startMoves } from "./start-moves.ts";

/**
 * Has profiles go to another runner, each for itself: one that cannot go stays, which the answer tells. Until a profile has arrived it is
 * where it was, and nothing else is done with it.
 * @throws AppError NOT_FOUND, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID,
 * CONFLICT when something is named twice, INVALID_INPUT when it was sealed to another runner
 */
export async function moveProfiles(ctx: Context, input: z.output<typeof moveProfilesInput>): Promise<MovesBegun> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { runnerId: toRunnerId, moves } = input;
  const target = await ctx.db.runner.findUnique({ where: { id: toRunnerId }, select: { projectId: true, sealRecipient: true } });
  if (target?.projectId !== projectId) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
  if (moves.some(({ recipient }) => recipient !== target.sealRecipient)) {
    throw new AppError("INVALID_INPUT", { userMessage: "This is sealed to another runner than the one where the profiles are to go." });
  }
  const ids = moves.map(({ profileId }) => profileId);
  const found = await ctx.db.profile.findMany({ where: { id: { in: ids }, projectId, deletedAt: null } });
  requireAll({ ids }, found);
  const byId = new Map(found.map((profile) => [profile.id, profile]));
  for (const order of moves) {
    const fromRunnerId = byId.get(order.profileId)?.runnerId;
    if (fromRunnerId) await checkSigned(ctx, { projectId, fromRunnerId, toRunnerId, order });
  }
  await limitMany(ctx, projectId, found, 1);
  const now = ctx.clock.now();
  return ctx.db.$transaction(async (tx) => {
    const held = await holdProfiles(tx, { projectId, target: { ids }, now });
    const statuses = await tx.runner.findMany({
      where: { id: { in: [toRunnerId, ...held.map(({ runnerId }) => runnerId)] }, status: { not: "accepted" } },
    });
    if (statuses[0]) throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: statuses[0].status } });
    const known = await tx.profileMove.findFirst({ where: { id: { in: moves.map(({ id }) => id) } }, select: { id: true } });
    if (known || new Set(ids).size < ids.length) throw new AppError("CONFLICT");
    const scheduled = await findScheduled(tx, projectId, ids);
    const codes = new Map(
      held.map(({ id, runnerId, inUse }) => {
        const before = byId.get(id);
        if (before?.moveId) return [id, "PROFILE_MOVING"];
        if (inUse) return [id, "PROFILE_IN_USE"];
        if (scheduled.has(id)) return [id, "PROFILE_SCHEDULED"];
        // another move may have ended since it was signed
        return [id, runnerId === toRunnerId || runnerId !== before?.runnerId ? "CONFLICT" : null];
      }),
    );
    const free = moves.filter(({ profileId }) => codes.get(profileId) === null);
    const going = free.flatMap(({ profileId }) => byId.get(profileId) ?? []);
    await tellOfWays(tx, ctx, { projectId, runnerId: toRunnerId, settings: going.map(readSettings) });
    await tx.profileMove.createMany({
      data: free.map((order, n) => ({
        id: order.id,
        projectId,
        profileId: order.profileId,
        fromRunnerId: byId.get(order.profileId)?.runnerId ?? "",
        toRunnerId,
        orders: order,
        requestedById: "userId" in ctx.actor ? ctx.actor.userId : null,
        createdAt: new Date(now.getTime() + n),
      })),
    });
    await tx.$executeRaw`
      update "Profile" p set "moveId" = given.id from jsonb_to_recordset(${JSON.stringify(free)}::jsonb) as given(id uuid, "profileId" uuid)
      where p.id = given."profileId"`;
    await startMoves(queryIn(tx), ctx, projectId);
    await tellProfiles(tx, projectId, going, { runners: true });
    const refused = held.flatMap(({ id, name }) => (codes.get(id) ? [{ id, name, code: codes.get(id) ?? "" }] : []));
    return {
      done: free.length,
      refused,
      moves: free.map(({ id, profileId }) => ({ id, name: byId.get(profileId)?.name ?? "" })),
      proxiesToEnter: await findUnreadable(tx, { toRunnerId, going }),
    };
  });
}

type Signed = { projectId: string; fromRunnerId: string; toRunnerId: string; order: ProfileMoveOrder };

async function checkSigned(ctx: Context, { projectId, fromRunnerId, toRunnerId, order }: Signed): Promise<void> {
  const { signedOut, signedIn, signedDelete } = order;
  const payloads = moveOrders(order);
  const at = { projectId, runnerId: fromRunnerId };
  await checkOrder(ctx, { ...at, signed: signedOut, command: "profile.move-out", payload: payloads.out });
  await checkOrder(ctx, { ...at, signed: signedDelete, command: "profile.delete", payload: payloads.delete });
  await checkOrder(ctx, { projectId, runnerId: toRunnerId, signed: signedIn, command: "profile.move-in", payload: payloads.in });
}

/** Proxies of these profiles, named ones, with secrets that neither runner can read: those that the first one can, it takes along. */
async function findUnreadable(tx: Tx, { toRunnerId, going }: { toRunnerId: string; going: Profile[] }) {
  const users = new Map<string, Set<string>>();
  for (const profile of going) {
    for (const id of proxyIdsOf(readSettings(profile).proxy)) users.set(id, (users.get(id) ?? new Set()).add(profile.runnerId));
  }
  const secret = { OR: [{ passwordSealed: { not: null } }, { changeUrlSealed: { not: null } }] };
  const proxies = await tx.proxy.findMany({ where: { id: { in: [...users.keys()] }, NOT: { knownTo: { has: toRunnerId } }, ...secret } });
  const isCarried = ({ id, knownTo }: { id: string; knownTo: string[] }) =>
    [...(users.get(id) ?? [])].every((runnerId) => knownTo.includes(runnerId));
  return proxies.filter((proxy) => !isCarried(proxy)).map(({ id, name, host, port }) => ({ id, name: name ?? `${host}:${port}` }));
}

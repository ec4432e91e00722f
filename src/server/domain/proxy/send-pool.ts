import type { PoolView, ProxyScheme, sendPoolInput } from "@deskhand/shared/schemas/proxy";
import { poolPayload } from "@deskhand/shared/schemas/send-pool";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { showPool } from "./queries.ts";
import { tellRunners } from "./tell-runners.ts";
import { orderOfPool, withMembers } from "./view.ts";

/**
 * Has one runner told of a pool that it does not have, with proxies of it that have no secrets. One that demands signatures believes it
 * only when it was signed.
 * @throws AppError NOT_FOUND, CONFLICT when the pool or a proxy was changed meanwhile, INVALID_INPUT for a proxy with secrets or of another
 * pool, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function sendPool(ctx: Context, input: z.output<typeof sendPoolInput>): Promise<PoolView> {
  const { id, runnerId } = input;
  const before = await ctx.db.proxyPool.findUnique({ where: { id }, include: withMembers });
  if (!before) throw new AppError("NOT_FOUND");
  const { projectId } = await authorize(ctx, before.projectId, "profile.write");
  const runner = await ctx.db.runner.findFirst({ where: { id: runnerId, projectId }, select: { status: true } });
  if (!runner) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
  if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
  if (before.revision !== input.revision) throw new AppError("CONFLICT");
  const members = new Set(before.members.map(({ proxyId }) => proxyId));
  const rows = await ctx.db.proxy.findMany({ where: { id: { in: input.proxies.map((proxy) => proxy.id) }, projectId } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const proxies = input.proxies.map(({ id: proxyId, revision }) => {
    const row = byId.get(proxyId);
    if (!row || !members.has(proxyId)) throw new AppError("INVALID_INPUT", { userMessage: "proxies: One of them is not in the pool." });
    if (row.passwordSealed !== null || row.changeUrlSealed !== null) {
      throw new AppError("INVALID_INPUT", { userMessage: "proxies: One of them has secrets, which are sealed when it is saved." });
    }
    if (row.revision !== revision) throw new AppError("CONFLICT");
    return { ...row, scheme: row.scheme as ProxyScheme };
  });
  const payload = poolPayload(orderOfPool(before), proxies);
  const signedManifest = await checkOrder(ctx, { projectId, runnerId, signed: input.signedManifest, command: "proxy.configure", payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  const pool = await ctx.db.$transaction(async (tx) => {
    const unaware = { NOT: { knownTo: { has: runnerId } } };
    const data = { knownTo: { push: runnerId } };
    // whoever changes it meanwhile says anew who knows of it
    await tx.proxyPool.updateMany({ where: { id, revision: before.revision, ...unaware }, data });
    for (const { id: proxyId, revision } of proxies) await tx.proxy.updateMany({ where: { id: proxyId, revision, ...unaware }, data });
    await tellRunners(tx, ctx, projectId, payload, [{ runnerId, signedManifest }]);
    await sendSignals(tx, [{ kind: "change", projectId, topic: "proxy", id }]);
    return tx.proxyPool.findUniqueOrThrow({ where: { id }, include: withMembers });
  });
  return showPool(ctx.db, pool);
}

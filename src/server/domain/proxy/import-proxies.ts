import type { importedProxies, importProxiesInput, NewProxy, ProxyOrder } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { showProxies } from "./queries.ts";
import { endpointKey, MAX_PROXIES } from "./rules.ts";
import { findListeners, tellRunners } from "./tell-runners.ts";

/**
 * Adds proxies and has the runners told of them; those that the project has already (the same place for the same user) are left out.
 * @throws AppError CONFLICT when there would be too many or an id is taken, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function importProxies(ctx: Context, input: z.output<typeof importProxiesInput>): Promise<z.output<typeof importedProxies>> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const payload = { proxies: input.proxies.map(firstOrder), pools: [], removed: [] };
  const listeners = await findListeners(ctx, projectId, payload, input.signed);
  const knownTo = listeners.map(({ runnerId }) => runnerId);
  const now = ctx.clock.now();
  const created = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const known = await tx.proxy.findMany({ where: { projectId }, select: { scheme: true, host: true, port: true, username: true } });
    const keys = new Set(known.map(endpointKey));
    const fresh = input.proxies.filter((proxy) => {
      const isNew = !keys.has(endpointKey(proxy));
      keys.add(endpointKey(proxy));
      return isNew;
    });
    if (known.length + fresh.length > MAX_PROXIES) {
      throw new AppError("CONFLICT", { userMessage: `A project may have ${MAX_PROXIES} proxies. Delete some that nobody needs.` });
    }
    const ids = fresh.map(({ id }) => id);
    if (new Set(ids).size < ids.length || (await tx.proxy.count({ where: { id: { in: ids } } })) > 0) throw new AppError("CONFLICT");
    if (fresh.length === 0) return [];
    const isSealedFor = (proxy: NewProxy) => (runnerId: string) => !hasSecret(proxy) || input.sealedFor.includes(runnerId);
    await tx.proxy.createMany({
      // a millisecond apart, so that they are listed in the order in which they came
      data: fresh.map((proxy, index) => ({
        ...proxy,
        projectId,
        createdAt: new Date(now.getTime() - index),
        knownTo: knownTo.filter(isSealedFor(proxy)),
      })),
    });
    // as it was signed: runners that are told of one which was left out have no use for it, and no harm of it
    await tellRunners(tx, ctx, projectId, payload, listeners);
    await sendSignals(tx, [{ kind: "change", projectId, topic: "proxy", id: ids[0] ?? projectId }]);
    return tx.proxy.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });
  });
  return { items: await showProxies(ctx, created), skipped: input.proxies.length - created.length };
}

function firstOrder({ name: _, ...proxy }: NewProxy): ProxyOrder {
  return { ...proxy, revision: 1 };
}

function hasSecret({ passwordSealed, changeUrlSealed }: NewProxy): boolean {
  return passwordSealed !== null || changeUrlSealed !== null;
}

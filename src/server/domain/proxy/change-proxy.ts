import type { changeProxyInput, ProxyView } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { showProxies } from "./queries.ts";
import { needsSecretsAgain } from "./rules.ts";
import { findListeners, tellRunners } from "./tell-runners.ts";

/**
 * Changes a proxy, and has the runners told. Secrets that are left out stay, unless the proxy is another one now: what was sealed for one
 * host is never said to another.
 * @throws AppError NOT_FOUND, CONFLICT when somebody changed it meanwhile, INVALID_INPUT for a secret that has to be given again,
 * SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function changeProxy(ctx: Context, input: z.output<typeof changeProxyInput>): Promise<ProxyView> {
  const before = await ctx.db.proxy.findUnique({ where: { id: input.id } });
  if (!before) throw new AppError("NOT_FOUND");
  const { projectId } = await authorize(ctx, before.projectId, "profile.write");
  if (before.revision !== input.revision) throw new AppError("CONFLICT");
  const { id, name, sealedFor, signed, ...given } = input;
  for (const secret of ["passwordSealed", "changeUrlSealed"] as const) {
    if (given[secret] === undefined && before[secret] !== null && needsSecretsAgain(before, input)) {
      throw new AppError("INVALID_INPUT", {
        userMessage: `${secret}: It was sealed for the proxy as it was before: give it again, or null.`,
      });
    }
  }
  const revision = before.revision + 1;
  const payload = { proxies: [{ id, ...given, revision }], pools: [], removed: [] };
  const listeners = await findListeners(ctx, projectId, payload, signed);
  const told = listeners.map(({ runnerId }) => runnerId);
  const isKept = given.passwordSealed === undefined && given.changeUrlSealed === undefined;
  const isOpen = (given.passwordSealed ?? null) === null && (given.changeUrlSealed ?? null) === null && !isKept;
  const knownTo = told.filter((runnerId) => isOpen || (isKept ? before.knownTo : sealedFor).includes(runnerId));
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.proxy.updateMany({ where: { id, revision: before.revision }, data: { ...given, name, revision, knownTo } });
    if (count === 0) throw new AppError("CONFLICT");
    await tellRunners(tx, ctx, projectId, payload, listeners);
    await sendSignals(tx, [{ kind: "change", projectId, topic: "proxy", id }]);
  });
  const [view] = await showProxies(ctx, [await ctx.db.proxy.findUniqueOrThrow({ where: { id } })]);
  if (!view) throw new AppError("INTERNAL");
  return view;
}

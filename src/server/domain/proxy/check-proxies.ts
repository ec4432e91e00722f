import type { checkProxiesInput } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { isOnline } from "@/server/domain/runner/rules";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { CHECK_WITHIN_MS } from "./rules.ts";

/**
 * Has a runner look where proxies lead out; what it finds comes to the proxies' rows.
 * @throws AppError NOT_FOUND, RUNNER_NOT_ACCEPTED, RUNNER_OFFLINE, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function checkProxies(ctx: Context, input: z.output<typeof checkProxiesInput>): Promise<{ commandId: string }> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { runnerId, proxyIds } = input;
  const runner = await ctx.db.runner.findFirst({
    where: { id: runnerId, projectId },
    select: { status: true, connectionId: true, lastSeenAt: true },
  });
  if (!runner) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
  if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
  const known = await ctx.db.proxy.count({ where: { id: { in: proxyIds }, projectId } });
  if (known < new Set(proxyIds).size) throw new AppError("NOT_FOUND", { details: { what: "proxy" } });
  const now = ctx.clock.now();
  if (!isOnline(runner, now)) throw new AppError("RUNNER_OFFLINE");
  const payload = { proxyIds };
  const signedManifest = await checkOrder(ctx, { projectId, runnerId, signed: input.signedManifest, command: "proxy.check", payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  const deadlineAt = new Date(now.getTime() + CHECK_WITHIN_MS);
  const signed = signedManifest ? { signedManifest } : {};
  const { id } = await ctx.db.$transaction((tx) =>
    enqueueCommand(tx, ctx, { projectId, runnerId, kind: "proxy.check", payload: { ...payload, ...signed }, deadlineAt }),
  );
  return { commandId: id };
}

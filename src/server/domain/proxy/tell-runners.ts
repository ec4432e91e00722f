import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import type { signedForRunners } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { TASK_WITHIN_MS } from "@/server/domain/profile/rules";
import { checkOrder } from "@/server/domain/signing-key/check-order";

type Payload = Omit<TaskPayload<"proxy.configure">, "signedManifest" | "requestedBy">;
type Signed = z.output<typeof signedForRunners>;
/** A runner that is to be told, with what it needs to believe it. */
export type Listener = { runnerId: string; signedManifest: string | undefined };

/**
 * The accepted runners that will believe this: all that demand no signature, and those for which it was signed. One that demands a
 * signature which is not there is left out: whoever is asked "who knows of this proxy" sees that.
 * @throws AppError SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function findListeners(ctx: Context, projectId: string, payload: Payload, signed: Signed): Promise<Listener[]> {
  const runners = await ctx.db.runner.findMany({
    where: { projectId, status: "accepted" },
    select: { id: true, signaturesRequired: true },
    orderBy: { id: "asc" },
  });
  const listeners: Listener[] = [];
  for (const { id: runnerId, signaturesRequired } of runners) {
    const given = signed.find((one) => one.runnerId === runnerId)?.signedManifest;
    if (signaturesRequired === true && given === undefined) continue;
    const signedManifest = await checkOrder(ctx, { projectId, runnerId, signed: given, command: "proxy.configure", payload });
    listeners.push({ runnerId, signedManifest });
  }
  return listeners;
}

/** Queues the order for each of them, within the caller's transaction. */
export async function tellRunners(tx: Tx, ctx: Context, projectId: string, payload: Payload, listeners: Listener[]): Promise<void> {
  const deadlineAt = new Date(ctx.clock.now().getTime() + TASK_WITHIN_MS);
  for (const { runnerId, signedManifest } of listeners) {
    const signed = signedManifest ? { signedManifest } : {};
    await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "proxy.configure", payload: { ...payload, ...signed }, deadlineAt });
  }
}

import { triggered } from "@deskhand/shared/protocol/triggered";
import type { RunInputs } from "@deskhand/shared/schemas/deployment";
import * as z from "zod";
import type { Context } from "@/server/context";
import { getGivenInputs } from "@/server/domain/deployment/given-inputs";
import { begunBy } from "./begun-by.ts";
import { findRun } from "./queries.ts";

const brings = z.object({ triggered: triggered.optional() });

/**
 * With which inputs a run was begun: those of its deployment, and in their place what the message brought that began it. What another run
 * brought is known to their runner only. Of secret ones only that there are such: no message brings any. @throws AppError NOT_FOUND
 */
export async function getRunInputs(ctx: Context, input: { id: string }): Promise<RunInputs> {
  const run = await findRun(ctx, input.id, "project.read");
  const [{ items }, begun, command] = await Promise.all([
    getGivenInputs(ctx, { id: run.deploymentId }),
    begunBy(ctx, run),
    ctx.db.command.findUnique({ where: { runId: run.id }, select: { payload: true } }),
  ]);
  const brought = brings.safeParse(command?.payload).data?.triggered?.inputs ?? {};
  const followsRun = begun?.when === "after" && !begun.byHand;
  return {
    items: items.map(({ settable, ...item }) => {
      const value = item.secret || !Object.hasOwn(brought, item.name) ? undefined : brought[item.name];
      if (value !== undefined) return { ...item, value, setBy: "message" };
      return { ...item, setBy: settable && followsRun ? "run" : "deployment" };
    }),
  };
}

import type { RunnerView, tightenRunnerInput } from "@deskhand/shared/schemas/runner";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findRunner, showRunner } from "./queries.ts";
import { type Tightening, viewTightening } from "./view.ts";

/**
 * Asks a runner to refuse more than its own policy does; what was asked before is replaced. The runner holds it against its policy and
 * takes the stricter of both, so that nothing can be allowed from here. @throws AppError NOT_FOUND
 */
export async function tightenRunner(ctx: Context, input: z.output<typeof tightenRunnerInput>): Promise<RunnerView> {
  const { id, projectId } = await findRunner(ctx, input.id, "runner.manage");
  const { deniedHosts, maxDownloadBytes, paused } = input;
  const runner = await ctx.db.$transaction(async (tx) => {
    const data = { deniedHosts: [...new Set(deniedHosts)], maxDownloadBytes, ...(paused === undefined ? {} : { paused }) };
    const tightened = await tx.runner.update({ where: { id }, data });
    await sendSignals(tx, [
      { kind: "runner-policy", runnerId: id },
      { kind: "change", projectId, topic: "runner", id },
    ]);
    return tightened;
  });
  return showRunner(ctx, runner);
}

/** What a runner that is connected is to refuse; undefined for one that is gone. */
export async function tighteningFor(ctx: Context, runnerId: string): Promise<Tightening | undefined> {
  const runner = await ctx.db.runner.findUnique({
    where: { id: runnerId },
    select: { deniedHosts: true, maxDownloadBytes: true, paused: true },
  });
  return runner ? viewTightening(runner) : undefined;
}

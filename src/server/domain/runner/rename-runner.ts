import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { AppError } from "@/server/errors";
import { literal } from "@/server/like";
import { sendSignals } from "@/server/signals";
import { findRunner, showRunner } from "./queries.ts";

/** @throws AppError NOT_FOUND, NAME_TAKEN when another runner of the project has the name (case does not count) */
export async function renameRunner(ctx: Context, input: { id: string; name: string }): Promise<RunnerView> {
  const { id, projectId } = await findRunner(ctx, input.id, "runner.manage");
  const runner = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const taken = await tx.runner.findFirst({
      where: {
        projectId,
        id: { not: id },
        name: { equals: literal(input.name), mode: "insensitive" },
        status: { notIn: ["rejected", "revoked"] },
      },
      select: { id: true },
    });
    if (taken) throw new AppError("NAME_TAKEN");
    const renamed = await tx.runner.update({ where: { id }, data: { name: input.name } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "runner", id }]);
    return renamed;
  });
  return showRunner(ctx, runner);
}

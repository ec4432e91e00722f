import type { TaskView } from "@deskhand/shared/schemas/task";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";

/** What came of a task. @throws AppError NOT_FOUND */
export async function getTask(ctx: Context, input: { id: string }): Promise<TaskView> {
  const command = await ctx.db.command.findFirst({ where: { id: input.id, runId: null } });
  if (!command) throw new AppError("NOT_FOUND");
  await authorize(ctx, command.projectId, "project.read");
  const { id, runnerId, kind, state, failureCode, result, createdAt, finishedAt } = command;
  return {
    id,
    runnerId,
    kind,
    state,
    failureCode,
    result: result as TaskView["result"],
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

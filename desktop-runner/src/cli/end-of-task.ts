import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { type TaskView, taskView } from "@deskhand/shared/schemas/task";
import type { Api } from "./api.ts";
import { CliError } from "./failure.ts";
import { slowing } from "./slowing.ts";

/** What came of a task. @throws CliError with why it failed (its details are what it found), RUNNER_TIMEOUT when nothing came in time */
export async function endOfTask(api: Api, id: string, withinMs: number): Promise<NonNullable<TaskView["result"]>> {
  const end = Date.now() + withinMs;
  for (const look = slowing(end); Date.now() < end; ) {
    const task = await api.get(`/tasks/${id}`, taskView);
    if (task.state === "succeeded") return task.result ?? {};
    if (task.finishedAt !== null) {
      const code = isRunFailureCode(task.failureCode) ? task.failureCode : "INTERNAL";
      const { title, whatToDo } = describeRunFailure(isRunFailureCode(code) ? code : "INTERNAL");
      throw new CliError(code, 3, title, whatToDo, { details: task.result ?? undefined });
    }
    await look.pause();
  }
  throw new CliError(
    "RUNNER_TIMEOUT",
    3,
    "The runner has not answered yet.",
    "Look whether it is online. What was asked waits for it for a while.",
  );
}

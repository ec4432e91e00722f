import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { useTRPCClient } from "./client.tsx";
import { WordedError } from "./worded-error.ts";

const lookEveryMs = 300;
/** After this nobody waits any more, milliseconds: the runner may be offline. */
const patienceMs = 60_000;

/** What a runner's task found. @throws WordedError when it failed, or nothing came of it yet */
export async function waitForTask(client: ReturnType<typeof useTRPCClient>, id: string): Promise<Record<string, unknown>> {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    const task = await client.task.get.query({ id });
    if (task.state === "succeeded") return task.result ?? {};
    if (task.finishedAt !== null) {
      throw new WordedError(describeRunFailure(isRunFailureCode(task.failureCode) ? task.failureCode : "INTERNAL"));
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new WordedError({ title: "The runner has not answered yet.", whatToDo: "Its activity shows what becomes of it." });
}

import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { useTRPCClient } from "./client.tsx";
import { WordedError } from "./worded-error.ts";

const lookEveryMs = 300;
/** After this nobody waits any more, milliseconds: the runner may be offline. */
const patienceMs = 60_000;

type Client = ReturnType<typeof useTRPCClient>;

/** What a runner's task found. @throws WordedError when it failed, or nothing came of it within `withinMs` */
export async function waitForTask(client: Client, id: string, withinMs = patienceMs): Promise<Record<string, unknown>> {
  const { failureCode, result } = await endOfTask(client, id, withinMs);
  if (failureCode === null) return result ?? {};
  throw new WordedError(describeRunFailure(isRunFailureCode(failureCode) ? failureCode : "INTERNAL"));
}

/** How a runner's task ended; `failureCode` is null when it succeeded. @throws WordedError when nothing came of it within `withinMs` */
export async function endOfTask(client: Client, id: string, withinMs = patienceMs) {
  for (const end = Date.now() + withinMs; Date.now() < end; ) {
    const { state, finishedAt, failureCode, result } = await client.task.get.query({ id });
    if (finishedAt !== null) return { failureCode: state === "succeeded" ? null : (failureCode ?? "INTERNAL"), result };
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new WordedError({ title: "The runner has not answered yet.", whatToDo: "Its activity shows what becomes of it." });
}

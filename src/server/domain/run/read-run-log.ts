import type { LogLine, runLogInput } from "@deskhand/shared/schemas/run";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import type { RunnerLink } from "@/server/runner-link";
import { findRun } from "./queries.ts";

/**
 * Reads a run's log from its runner at this moment; the server keeps none of it.
 * @throws AppError NOT_FOUND, RUNNER_OFFLINE, RUNNER_TIMEOUT, and what the runner refuses with
 */
export async function readRunLog(
  ctx: Context,
  input: z.output<typeof runLogInput>,
  link: RunnerLink | undefined,
): Promise<{ lines: LogLine[]; more: boolean }> {
  const run = await findRun(ctx, input.id, "project.read");
  if (!link) throw new AppError("RUNNER_OFFLINE");
  return link.readLog(run.runnerId, { runId: run.id, after: input.after });
}

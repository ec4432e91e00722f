import { isFinal, type LogLine, type runLogInput } from "@deskhand/shared/schemas/run";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import type { RunnerLink } from "@/server/runner-link";
import { findRun } from "./queries.ts";

/**
 * Reads a run's log, or its pages' console, from its runner at this moment; the server keeps none of it. A run that never began has no lines.
 * @throws AppError NOT_FOUND, RUNNER_OFFLINE, RUNNER_TIMEOUT, and what the runner refuses with
 */
export async function readRunLog(
  ctx: Context,
  input: z.output<typeof runLogInput>,
  link: RunnerLink | undefined,
): Promise<{ lines: LogLine[]; more: boolean }> {
  const run = await findRun(ctx, input.id, "project.read");
  if (!link) throw new AppError("RUNNER_OFFLINE");
  try {
    return await link.readLog(run.runnerId, { runId: run.id, after: input.after, of: input.of });
  } catch (error) {
    // one that ended before it began, as when it is cancelled while it waits, has left no log that could be gone
    const neverBegan = isFinal(run.state) && run.startedAt === null;
    if (neverBegan && error instanceof AppError && error.code === "ARTIFACT_GONE") return { lines: [], more: false };
    throw error;
  }
}

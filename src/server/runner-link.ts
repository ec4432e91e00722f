import type { LogLine } from "@deskhand/shared/schemas/run";

/**
 * What the rest of the server may ask of a connected runner. The relay implements it. Both throw AppError RUNNER_OFFLINE when no
 * connection holds the runner, RUNNER_TIMEOUT after 15 s without an answer, and the runner's own code when it refuses.
 */
export type RunnerLink = {
  readLog(
    runnerId: string,
    request: { runId: string; after: number; of?: "run" | "console" },
  ): Promise<{ lines: LogLine[]; more: boolean }>;
};

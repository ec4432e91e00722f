import { isFinal, type LogLine, type RunDetail } from "@deskhand/shared/schemas/run";
import { skipToken, useQuery } from "@tanstack/react-query";
import { readArtifact } from "./artifact-content.ts";
import { readConsole } from "./console-lines.ts";
import { useRunLog } from "./use-run-log.ts";

const none: readonly LogLine[] = [];

/** What the pages of a run wrote to their console, read from its runner: as it comes, and from the file when the run has ended. */
export function useRunConsole(run: RunDetail) {
  const artifact = run.artifacts.findLast(({ type, name }) => type === "log" && name === "console.log");
  const isComing = !artifact && !isFinal(run.state);
  const live = useRunLog(run, "console", isComing);
  const file = useQuery({
    queryKey: ["artifact-content", artifact?.id],
    queryFn: artifact && run.runnerOnline ? async () => readConsole(await (await readArtifact(artifact.id)).text()) : skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const lines = artifact ? (file.data?.lines ?? none) : isComing ? live.log.lines : none;
  return { artifact, isComing, live, file, lines };
}

export type RunConsoleRead = ReturnType<typeof useRunConsole>;

/** How many errors are among the lines; of some steps only, when they are given. */
export function countErrors(lines: readonly LogLine[], steps?: ReadonlySet<number>): number {
  return lines.filter(({ level, step }) => level === "error" && (!steps || (step !== null && steps.has(step)))).length;
}

/** 1 error, 12 errors */
export function errorCount(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "error" : "errors"}`;
}

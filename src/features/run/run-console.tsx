"use client";

import { type ArtifactView, isFinal, type LogLine, type RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber, withInner } from "@deskhand/shared/schemas/run-tree";
import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useState } from "react";
import { describeArtifactProblem, mayStillCome, offlineWords, readArtifact } from "./artifact-content.ts";
import { readConsole } from "./console-lines.ts";
import { LogBar } from "./log-bar.tsx";
import { filterLog } from "./log-buffer.ts";
import { LogLines } from "./log-lines.tsx";
import { TabMessage } from "./tab-message.tsx";
import { useRunLog } from "./use-run-log.ts";

/** What the console that is shown takes of the live view. */
export type ConsoleFeed = { add?: (lines: LogLine[]) => void; read?: () => void };

type Props = { run: RunDetail /** Only this step's lines; null for all. */; step: number | null; onShowAll: () => void };

/** What the pages of a run wrote to their console, read from its runner: as it comes, and from the file when the run has ended. */
export function RunConsole({ run, feed, ...rest }: Props & { feed: RefObject<ConsoleFeed> }) {
  const artifact = run.artifacts.findLast(({ type, name }) => type === "log" && name === "console.log");
  if (!artifact && !isFinal(run.state)) return <Coming run={run} feed={feed} {...rest} />;
  if (!artifact) return <TabMessage>The pages of this run wrote nothing to their console.</TabMessage>;
  if (!run.runnerOnline) return <TabMessage>{offlineWords(run.runnerName)}</TabMessage>;
  return <Content artifact={artifact} run={run} {...rest} />;
}

function Coming({ run, feed, ...rest }: Props & { feed: RefObject<ConsoleFeed> }) {
  const { log, status, read, addLines } = useRunLog(run, "console");
  useEffect(() => {
    const own = { add: addLines, read: () => void read() };
    feed.current = own;
    return () => {
      if (feed.current === own) feed.current = {};
    };
  }, [feed, addLines, read]);
  // one that is older than this server shows its console when the run has ended
  if (status === "failed") return <TabMessage>What pages write to their console is shown here when the run has ended.</TabMessage>;
  if (status === "reading") return <Reading />;
  if (log.lines.length === 0) {
    return (
      <TabMessage>
        {run.runnerOnline ? "The pages of this run have written nothing to their console yet." : offlineWords(run.runnerName)}
      </TabMessage>
    );
  }
  return <Lines run={run} lines={log.lines} isCut={false} {...rest} />;
}

function Reading() {
  return (
    <TabMessage>
      <Loader size="sm" color="gray" aria-label="Reading the console" />
    </TabMessage>
  );
}

function Content({ artifact, run, ...rest }: Props & { artifact: ArtifactView }) {
  const content = useQuery({
    queryKey: ["artifact-content", artifact.id],
    queryFn: async () => readConsole(await (await readArtifact(artifact.id)).text()),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (content.isPending) return <Reading />;
  if (content.isError) {
    const again = mayStillCome(content.error) ? { onRetry: () => void content.refetch() } : {};
    return <TabMessage {...again}>{describeArtifactProblem(content.error, run.runnerName)}</TabMessage>;
  }
  return <Lines run={run} {...content.data} {...rest} />;
}

function Lines({ run, lines: all, isCut, step, onShowAll }: Props & { lines: LogLine[]; isCut: boolean }) {
  const [filter, setFilter] = useState({ search: "", errorsOnly: false });
  const numberOf = (index: number) => stepNumber(run.steps, index);
  const lines = filterLog(all, { ...filter, steps: step === null ? null : withInner(run.steps, step) });
  return (
    <>
      <LogBar
        label="Search the console"
        filter={filter}
        onFilter={setFilter}
        step={step === null ? null : numberOf(step)}
        onShowAll={onShowAll}
      />
      {lines.length === 0 ? (
        <TabMessage>No line fits the search and filters.</TabMessage>
      ) : (
        <LogLines
          label="Console"
          lines={lines}
          note={isCut ? "The first 256 KB. What came after them was not kept." : null}
          numberOf={numberOf}
        />
      )}
    </>
  );
}

"use client";

import type { LogLine, RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber, withInner } from "@deskhand/shared/schemas/run-tree";
import { Loader } from "@mantine/core";
import { useState } from "react";
import { describeArtifactProblem, mayStillCome, offlineWords } from "./artifact-content.ts";
import { LogBar } from "./log-bar.tsx";
import { filterLog } from "./log-buffer.ts";
import { LogLines } from "./log-lines.tsx";
import { TabMessage } from "./tab-message.tsx";
import type { RunConsoleRead } from "./use-run-console.ts";

type Props = { run: RunDetail /** Only this step's lines; null for all. */; step: number | null; onShowAll: () => void };

/** What the pages of a run wrote to their console. */
export function RunConsole({ run, read, ...rest }: Props & { read: RunConsoleRead }) {
  const { artifact, isComing, live, file, lines } = read;
  if (isComing) return <Coming run={run} live={live} {...rest} />;
  if (!artifact) return <TabMessage>The pages of this run wrote nothing to their console.</TabMessage>;
  if (!run.runnerOnline) return <TabMessage>{offlineWords(run.runnerName)}</TabMessage>;
  if (file.isPending) return <Reading />;
  if (file.isError) {
    const again = mayStillCome(file.error) ? { onRetry: () => void file.refetch() } : {};
    return <TabMessage {...again}>{describeArtifactProblem(file.error, run.runnerName)}</TabMessage>;
  }
  return <Lines run={run} lines={lines} isCut={file.data.isCut} {...rest} />;
}

function Coming({ run, live: { log, status }, ...rest }: Props & Pick<RunConsoleRead, "live">) {
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

function Lines({ run, lines: all, isCut, step, onShowAll }: Props & { lines: readonly LogLine[]; isCut: boolean }) {
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

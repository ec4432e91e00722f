"use client";

import { type ArtifactView, isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber, withInner } from "@deskhand/shared/schemas/run-tree";
import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeArtifactProblem, mayStillCome, offlineWords, readArtifact } from "./artifact-content.ts";
import { readConsole } from "./console-lines.ts";
import { LogBar } from "./log-bar.tsx";
import { filterLog } from "./log-buffer.ts";
import { LogLines } from "./log-lines.tsx";
import { TabMessage } from "./tab-message.tsx";

type Props = { run: RunDetail /** Only this step's lines; null for all. */; step: number | null; onShowAll: () => void };

/** What the pages of a run wrote to their console, read from its runner. */
export function RunConsole({ run, ...rest }: Props) {
  const artifact = run.artifacts.findLast(({ type, name }) => type === "log" && name === "console.log");
  if (!artifact) {
    return (
      <TabMessage>
        {isFinal(run.state)
          ? "The pages of this run wrote nothing to their console."
          : "What pages write to their console is shown here when the run has ended."}
      </TabMessage>
    );
  }
  if (!run.runnerOnline) return <TabMessage>{offlineWords(run.runnerName)}</TabMessage>;
  return <Content artifact={artifact} run={run} {...rest} />;
}

function Content({ artifact, run, step, onShowAll }: Props & { artifact: ArtifactView }) {
  const [filter, setFilter] = useState({ search: "", errorsOnly: false });
  const content = useQuery({
    queryKey: ["artifact-content", artifact.id],
    queryFn: async () => readConsole(await (await readArtifact(artifact.id)).text()),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (content.isPending) {
    return (
      <TabMessage>
        <Loader size="sm" color="gray" aria-label="Reading the console" />
      </TabMessage>
    );
  }
  if (content.isError) {
    const again = mayStillCome(content.error) ? { onRetry: () => void content.refetch() } : {};
    return <TabMessage {...again}>{describeArtifactProblem(content.error, run.runnerName)}</TabMessage>;
  }
  const numberOf = (index: number) => stepNumber(run.steps, index);
  const lines = filterLog(content.data.lines, { ...filter, steps: step === null ? null : withInner(run.steps, step) });
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
          note={content.data.isCut ? "The first 256 KB. What came after them was not kept." : null}
          numberOf={numberOf}
        />
      )}
    </>
  );
}

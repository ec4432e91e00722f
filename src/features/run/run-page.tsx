"use client";

import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { Paper, Stack, Tabs, Text, Title } from "@mantine/core";
import { useDocumentTitle, useDocumentVisibility } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { BackLink } from "@/components/back-link";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { RefusalTable } from "@/components/refusal-table";
import { useTRPC } from "@/trpc/client";
import type { LiveCanvasHandle } from "./live-canvas.tsx";
import { ResultData } from "./result-data.tsx";
import { RunActions } from "./run-actions.tsx";
import { stateLabels } from "./run-badge.tsx";
import { RunFiles } from "./run-files.tsx";
import { RunHeader } from "./run-header.tsx";
import { RunLog } from "./run-log.tsx";
import { RunOutcome } from "./run-outcome.tsx";
import classes from "./run-page.module.css";
import { RunSkeleton } from "./run-skeleton.tsx";
import { shownState, wasStopped } from "./run-words.ts";
import { Stage } from "./stage.tsx";
import { following, type Selection, shownStep } from "./stage-content.ts";
import { StepRail } from "./step-rail.tsx";
import { useLiveView } from "./use-live-view.ts";
import { useRunLog } from "./use-run-log.ts";

type Props = {
  runId: string;
  /** The button that deploys the run's workflow again, with other inputs or elsewhere. */
  deployAgain: (run: RunDetail) => ReactNode;
};

/** One run: its steps as they happen, the page that it works on, its log, data and files. */
export function RunPage({ runId, deployAgain }: Props) {
  const trpc = useTRPC();
  const run = useQuery(trpc.run.get.queryOptions({ id: runId }));
  if (run.data) return <LoadedRun run={run.data} deployAgain={deployAgain} />;
  if (!run.isError) return <RunSkeleton />;
  return (
    <>
      <PageHeader above={<BackLink href="/dashboard/runs">Runs</BackLink>} title="Run" />
      <ErrorState error={run.error} onRetry={() => void run.refetch()} />
    </>
  );
}

function LoadedRun({ run, deployAgain }: { run: RunDetail; deployAgain: (run: RunDetail) => ReactNode }) {
  const [selection, setSelection] = useState<Selection>(following);
  const [logStep, setLogStep] = useState<number | null>(null);
  const [watching, setWatching] = useState<boolean | null>(null);
  const canvas = useRef<LiveCanvasHandle>(null);
  const visible = useDocumentVisibility() === "visible";
  const active = !isFinal(run.state);
  const log = useRunLog(run);
  useDocumentTitle(`${stateLabels[shownState(run)].label} · ${run.workflowName} · Deskhand`);
  useLiveView({
    runId: run.id,
    on: active && run.runnerOnline && visible,
    onFrame: (frame) => canvas.current?.draw(frame),
    onLines: log.addLines,
    onWatching: () => {
      setWatching(true);
      if (run.startedAt) void log.read();
    },
    onTrouble: () => setWatching(false),
  });

  const select = (next: Selection) => {
    setSelection(next);
    setLogStep(next.step);
  };
  const showStep = (index: number) => select({ step: index, shotId: null });
  const end = active ? null : run.state;
  const done = run.steps.filter((step) => step.state === "succeeded" || (step.state === "failed" && !wasStopped(step, end))).length;
  const selected = shownStep(run, selection);
  const { read } = log;

  // without the socket no line comes by itself, so each step that ends is a reason to read on
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step that ended is a reason to read on
  useEffect(() => {
    if (watching === false && active && run.runnerOnline && run.startedAt) void read();
  }, [watching, done, active, run.runnerOnline, run.startedAt, read]);

  return (
    <>
      <RunHeader
        run={run}
        actions={
          <>
            {deployAgain(run)}
            <RunActions run={run} />
          </>
        }
      />
      <Stack gap="md">
        <RunOutcome run={run} onShowStep={showStep} />
        <div className={classes.layout}>
          <Paper component="section" aria-labelledby="steps-heading" className={classes.steps}>
            <div className={classes.stepsHead}>
              <Title order={2} size="h3" id="steps-heading">
                Steps
              </Title>
              <Text size="sm" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
                {done} of {run.steps.length}
              </Text>
            </div>
            <StepRail steps={run.steps} selected={selected} onSelect={showStep} end={end} />
          </Paper>
          <div className={classes.stage}>
            <Stage run={run} selection={selection} onSelect={select} canvas={canvas} unwatched={watching === false} />
          </div>
          <Paper className={classes.tabs}>
            <Tabs defaultValue="log" keepMounted={false}>
              <Tabs.List px="xs" aria-label="What the run left">
                <Tabs.Tab value="log">Log</Tabs.Tab>
                <Tabs.Tab value="data">Result data</Tabs.Tab>
                {run.refusals.length > 0 && <Tabs.Tab value="refused">Refused ({run.refusals.length})</Tabs.Tab>}
                <Tabs.Tab value="files">Files{run.artifacts.length > 0 ? ` (${run.artifacts.length})` : ""}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="log">
                <RunLog run={run} log={log} step={logStep} onShowAll={() => setLogStep(null)} />
              </Tabs.Panel>
              <Tabs.Panel value="data">
                <ResultData run={run} />
              </Tabs.Panel>
              <Tabs.Panel value="refused">
                <RefusalTable label="Refused by the runner's policy" refusals={run.refusals} />
              </Tabs.Panel>
              <Tabs.Panel value="files">
                <RunFiles run={run} />
              </Tabs.Panel>
            </Tabs>
          </Paper>
        </div>
      </Stack>
    </>
  );
}

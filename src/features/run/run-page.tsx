"use client";

import type { HoldNews } from "@deskhand/shared/protocol/hold";
import type { Recorded } from "@deskhand/shared/protocol/recorded";
import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { ownSteps } from "@deskhand/shared/schemas/run-tree";
import { Button, Paper, Stack, Tabs, Text, Title } from "@mantine/core";
import { useDocumentTitle, useDocumentVisibility } from "@mantine/hooks";
import { IconColumns2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { BackLink } from "@/components/back-link";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { RefusalTable } from "@/components/refusal-table";
import { useTRPC } from "@/trpc/client";
import { compareAddress } from "./compare-address.ts";
import type { LiveCanvasHandle } from "./live-canvas.tsx";
import { RecordingPanel } from "./recording-panel.tsx";
import { RepairPanel } from "./repair-panel.tsx";
import { ResultData } from "./result-data.tsx";
import { RunActions } from "./run-actions.tsx";
import { stateLabels } from "./run-badge.tsx";
import { RunConsole } from "./run-console.tsx";
import { RunFiles } from "./run-files.tsx";
import { RunHeader } from "./run-header.tsx";
import { RunInputs, useRunInputs } from "./run-inputs.tsx";
import { RunLog } from "./run-log.tsx";
import { RunMismatch } from "./run-mismatch.tsx";
import { RunNetwork } from "./run-network.tsx";
import { RunOutcome } from "./run-outcome.tsx";
import classes from "./run-page.module.css";
import { type RunTab, readRunPlace, writeRunPlace } from "./run-place.ts";
import { RunSkeleton } from "./run-skeleton.tsx";
import { shownState, wasStopped } from "./run-words.ts";
import { Stage } from "./stage.tsx";
import { following, type Selection, shownStep } from "./stage-content.ts";
import { StepRail } from "./step-rail.tsx";
import { useHold } from "./use-hold.ts";
import { useLiveView } from "./use-live-view.ts";
import { countErrors, errorCount, useRunConsole } from "./use-run-console.ts";
import { useRunLog } from "./use-run-log.ts";
import { WaitingNote } from "./waiting-note.tsx";

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
  const search = useSearchParams();
  const [place] = useState(() => readRunPlace(search, run.steps));
  const [selection, setSelection] = useState<Selection>({ ...following, step: place.step });
  const [logStep, setLogStep] = useState<number | null>(place.step);
  const [tab, setTab] = useState<RunTab>(place.tab);
  const [watching, setWatching] = useState<boolean | null>(null);
  const canvas = useRef<LiveCanvasHandle>(null);
  const visible = useDocumentVisibility() === "visible";
  const active = !isFinal(run.state);
  const log = useRunLog(run);
  const hasInputs = (useRunInputs(run.id).data?.items.length ?? 0) > 0;
  const consoleRead = useRunConsole(run);
  const { read: readConsole } = consoleRead.live;
  const errors = countErrors(consoleRead.lines);
  useDocumentTitle(`${stateLabels[shownState(run)].label} · ${run.workflowName} · Deskhand`);
  const [news, setNews] = useState<HoldNews | null>(null);
  const [recorded, setRecorded] = useState<Recorded | null>(null);
  const send = useLiveView({
    runId: run.id,
    on: active && run.runnerOnline && visible,
    onFrame: (frame) => canvas.current?.draw(frame),
    onLines: log.addLines,
    onConsole: consoleRead.live.addLines,
    onNews: setNews,
    onRecorded: setRecorded,
    onWatching: () => {
      setWatching(true);
      if (!run.startedAt) return;
      void log.read();
      void readConsole();
    },
    onTrouble: () => setWatching(false),
  });

  const hold = useHold(run, send, news);
  const { isMine, take } = hold;
  const records = active && run.record && (isMine || run.waiting?.reason === "record");
  // whoever came here to record has nothing else to do first
  const mayTake = useRef(search.get("record") === "1");
  const isReady = records && watching === true && !run.held;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the run is ready for it
  useEffect(() => {
    if (!isReady || !mayTake.current) return;
    mayTake.current = false;
    take();
  }, [isReady]);
  const stage = useRef<HTMLDivElement>(null);
  // somebody who has the page looks at the page, which a phone has below
  useEffect(() => {
    if (!isMine) return;
    setSelection(following);
    stage.current?.scrollIntoView({ block: "nearest" });
  }, [isMine]);

  const select = (next: Selection) => {
    setSelection(next);
    setLogStep(next.step);
  };
  const showStep = (index: number) => select({ step: index, shotId: null });
  const tabs = useRef<HTMLDivElement>(null);
  const showConsole = (index: number) => {
    showStep(index);
    setTab("console");
    // a phone has it far below
    tabs.current?.scrollIntoView({ block: "nearest" });
  };
  // a reload, and whoever is sent the address, comes to the same step and tab
  const { step: lookedAt } = selection;
  useEffect(() => {
    const { pathname, search: before } = window.location;
    const next = writeRunPlace(before, { step: lookedAt, tab }, run.steps);
    if (next !== before) window.history.replaceState(null, "", pathname + next);
  }, [lookedAt, tab, run.steps]);
  const end = active ? null : run.state;
  const done = ownSteps(run.steps).filter(
    (step) => step.state === "succeeded" || (step.state === "failed" && !wasStopped(step, end)),
  ).length;
  const selected = shownStep(run, selection);
  const { read } = log;

  // without the socket no line comes by itself, so each step that ends is a reason to read on
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step that ended is a reason to read on
  useEffect(() => {
    if (!(watching === false && active && run.runnerOnline && run.startedAt)) return;
    void read();
    void readConsole();
  }, [watching, done, active, run.runnerOnline, run.startedAt, read, readConsole]);

  return (
    <>
      <RunHeader
        run={run}
        actions={
          <>
            <Button component={Link} href={compareAddress(run.id)} variant="default" leftSection={<IconColumns2 size={16} aria-hidden />}>
              Compare
            </Button>
            {deployAgain(run)}
            <RunActions run={run} />
          </>
        }
      />
      <Stack gap="md">
        <WaitingNote run={run} hold={hold} />
        <RunOutcome run={run} onShowStep={showStep} consoleLines={consoleRead.lines} onShowConsole={showConsole} />
        <RepairPanel run={run} />
        <RunMismatch run={run} />
        <div className={classes.layout}>
          {records ? (
            <div className={classes.steps}>
              <RecordingPanel run={run} hold={hold} recorded={recorded} />
            </div>
          ) : (
            <RunSteps run={run} done={done} selected={selected} onSelect={showStep} end={end} />
          )}
          <div ref={stage} className={classes.stage}>
            <Stage run={run} selection={selection} onSelect={select} canvas={canvas} unwatched={watching === false} hold={hold} />
          </div>
          <Paper ref={tabs} className={classes.tabs}>
            <Tabs value={tab} onChange={(next) => setTab((next ?? "log") as RunTab)} keepMounted={false}>
              <Tabs.List px="xs" className={classes.tabList} aria-label="What the run left">
                <Tabs.Tab value="log">Log</Tabs.Tab>
                <Tabs.Tab value="data">Result data</Tabs.Tab>
                {hasInputs && <Tabs.Tab value="inputs">Inputs</Tabs.Tab>}
                <Tabs.Tab value="console">Console{errors > 0 ? ` (${errorCount(errors)})` : ""}</Tabs.Tab>
                <Tabs.Tab value="network">Network</Tabs.Tab>
                {run.refusals.length > 0 && <Tabs.Tab value="refused">Refused ({run.refusals.length})</Tabs.Tab>}
                <Tabs.Tab value="files">Files{run.artifacts.length > 0 ? ` (${run.artifacts.length})` : ""}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="log">
                <RunLog run={run} log={log} step={logStep} onShowAll={() => setLogStep(null)} />
              </Tabs.Panel>
              <Tabs.Panel value="console">
                <RunConsole run={run} read={consoleRead} step={logStep} onShowAll={() => setLogStep(null)} />
              </Tabs.Panel>
              <Tabs.Panel value="data">
                <ResultData run={run} />
              </Tabs.Panel>
              <Tabs.Panel value="inputs">
                <RunInputs runId={run.id} />
              </Tabs.Panel>
              <Tabs.Panel value="network">
                <RunNetwork run={run} step={logStep} onStep={setLogStep} />
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

type StepsProps = {
  run: RunDetail;
  done: number;
  selected: number | null;
  onSelect: (index: number) => void;
  end: RunDetail["state"] | null;
};

function RunSteps({ run, done, ...rail }: StepsProps) {
  return (
    <Paper component="section" aria-labelledby="steps-heading" className={classes.steps}>
      <div className={classes.stepsHead}>
        <Title order={2} size="h3" id="steps-heading">
          Steps
        </Title>
        <Text size="sm" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
          {done} of {ownSteps(run.steps).length}
        </Text>
      </div>
      <StepRail steps={run.steps} {...rail} />
    </Paper>
  );
}

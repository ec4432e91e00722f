"use client";

import type { LogLine, RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber, withInner } from "@deskhand/shared/schemas/run-tree";
import { Loader, Text } from "@mantine/core";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { LogBar } from "./log-bar.tsx";
import { filterLog, maxShownLines } from "./log-buffer.ts";
import { LogLines } from "./log-lines.tsx";
import classes from "./run-log.module.css";
import type { RunLog as Log } from "./use-run-log.ts";

type Props = {
  run: RunDetail;
  log: Log;
  /** Only this step's lines; null for all. */
  step: number | null;
  onShowAll: () => void;
};

/** The run's log, read from its runner. It follows new lines until somebody scrolls up. */
export function RunLog({ run, log, step, onShowAll }: Props) {
  const [filter, setFilter] = useState({ search: "", errorsOnly: false });
  const lines = filterLog(log.log.lines, { ...filter, steps: step === null ? null : withInner(run.steps, step) });
  return (
    <>
      <LogBar
        label="Search the log"
        filter={filter}
        onFilter={setFilter}
        step={step === null ? null : stepNumber(run.steps, step)}
        onShowAll={onShowAll}
      />
      <LogBody run={run} log={log} lines={lines} />
    </>
  );
}

function LogBody({ run, log, lines }: { run: RunDetail; log: Log; lines: LogLine[] }) {
  if (log.status === "failed") {
    return (
      <div className={classes.empty}>
        <ErrorState error={log.error} onRetry={() => void log.read()} />
      </div>
    );
  }
  if (log.status === "reading") {
    return (
      <div className={classes.empty} role="status">
        <Loader size="sm" color="gray" aria-label="Reading the log" />
      </div>
    );
  }
  if (log.status === "waiting" || lines.length === 0) {
    return (
      <div className={classes.empty} role="status">
        <Text size="sm" maw={420}>
          {emptyWords(run, log)}
        </Text>
      </div>
    );
  }
  const note = log.log.dropped && `The last ${maxShownLines.toLocaleString("en")} lines. All of them are in the log file.`;
  return <LogLines label="Log" lines={lines} note={note || null} numberOf={(step) => stepNumber(run.steps, step)} />;
}

function emptyWords(run: RunDetail, log: Log): string {
  if (log.status === "waiting") {
    if (run.startedAt === null && run.finishedAt) return "The run never started, so it wrote no log.";
    if (run.startedAt === null) return "The log begins when the run starts.";
    return `The log is on ${run.runnerName}, which is offline. It will be here when it is back.`;
  }
  if (log.log.lines.length > 0) return "No line fits the search and filters.";
  return run.finishedAt ? "This run wrote no log." : "No lines yet.";
}

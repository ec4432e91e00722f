"use client";

import type { LogLine, RunDetail } from "@deskhand/shared/schemas/run";
import { Anchor, Button, Chip, Loader, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconSearch } from "@tabler/icons-react";
import { memo, useLayoutEffect, useRef, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { filterLog, maxShownLines } from "./log-buffer.ts";
import classes from "./run-log.module.css";
import type { RunLog as Log } from "./use-run-log.ts";

/** Lines in the page at first and for each further click: enough to read, few enough to stay quick. */
const linesAPage = 1000;

type Props = {
  run: RunDetail;
  log: Log;
  /** Only this step's lines; null for all. */
  step: number | null;
  onShowAll: () => void;
};

/** The run's log, read from its runner. It follows new lines until somebody scrolls up. */
export function RunLog({ run, log, step, onShowAll }: Props) {
  const [search, setSearch] = useState("");
  const [errorsOnly, setErrorsOnly] = useState(false);
  const lines = filterLog(log.log.lines, { search, step, errorsOnly });
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          type="search"
          size="sm"
          className={classes.search}
          aria-label="Search the log"
          placeholder="Search"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Chip size="sm" checked={errorsOnly} onChange={setErrorsOnly}>
          Problems only
        </Chip>
        {step !== null && (
          <Chip size="sm" checked onChange={onShowAll}>
            Step {step + 1} only
          </Chip>
        )}
      </div>
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
  return <Lines lines={lines} dropped={log.log.dropped} />;
}

function Lines({ lines, dropped }: { lines: LogLine[]; dropped: boolean }) {
  const [pages, setPages] = useState(1);
  const shown = lines.slice(-pages * linesAPage);
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const last = lines.at(-1)?.seq;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last line is the reason to move
  useLayoutEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last, follows]);

  return (
    <div className={classes.frame}>
      <div
        ref={box}
        className={classes.lines}
        role="log"
        aria-label="Log"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled box must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setFollows(scrollHeight - scrollTop - clientHeight < 24)
        }
      >
        {shown.length < lines.length ? (
          <div className={classes.note}>
            <Anchor component="button" type="button" size="sm" onClick={() => setPages(pages + 1)}>
              Show earlier lines
            </Anchor>
          </div>
        ) : (
          dropped && (
            <div className={classes.note}>The last {maxShownLines.toLocaleString("en")} lines. All of them are in the log file.</div>
          )
        )}
        {shown.map((line) => (
          <Line key={line.seq} line={line} />
        ))}
      </div>
      {!follows && (
        <Button
          className={classes.latest}
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => setFollows(true)}
        >
          Latest
        </Button>
      )}
    </div>
  );
}

const Line = memo(function Line({ line }: { line: LogLine }) {
  const at = new Date(line.at);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return (
    <div className={classes.line} data-level={line.level}>
      <span className={classes.at}>
        {time}
        <span className={classes.fraction}>.{String(at.getMilliseconds()).padStart(3, "0")}</span>
      </span>
      <span className={classes.number} title={line.step === null ? undefined : `Step ${line.step + 1}`}>
        {line.step === null ? "" : line.step + 1}
      </span>
      <span className={classes.message}>{line.message}</span>
    </div>
  );
});

function emptyWords(run: RunDetail, log: Log): string {
  if (log.status === "waiting") {
    if (run.startedAt === null && run.finishedAt) return "The run never started, so it wrote no log.";
    if (run.startedAt === null) return "The log begins when the run starts.";
    return `The log is on ${run.runnerName}, which is offline. It will be here when it is back.`;
  }
  if (log.log.lines.length > 0) return "No line fits the search and filters.";
  return run.finishedAt ? "This run wrote no log." : "No lines yet.";
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

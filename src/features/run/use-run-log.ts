"use client";

import type { LogLine, RunView } from "@deskhand/shared/schemas/run";
import { isFinal } from "@deskhand/shared/schemas/run";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTRPCClient } from "@/trpc/client";
import { addLiveLines, addReadLines, emptyLog, hasGap, type LogBuffer } from "./log-buffer.ts";

export type RunLog = {
  log: LogBuffer;
  /** waiting: not started, or its runner is offline · reading: nothing is here yet · ready · failed: see `error` */
  status: "waiting" | "reading" | "ready" | "failed";
  error: unknown;
  /** Reads from the runner what is not here yet. */
  read: () => Promise<void>;
  addLines: (lines: LogLine[]) => void;
};

type Logged = Pick<RunView, "id" | "state" | "startedAt" | "runnerOnline">;

/**
 * A run's log, or its pages' console: read from its runner when there is something to read, then followed by live lines; a gap is read again. Nothing is read
 * of what is not wanted.
 */
export function useRunLog(run: Logged, of: "run" | "console" = "run", isWanted = true): RunLog {
  const client = useTRPCClient();
  const buffer = useRef(emptyLog);
  const reading = useRef({ busy: false, again: false });
  const [log, setLog] = useState(emptyLog);
  const [error, setError] = useState<unknown>(null);
  const [readOnce, setReadOnce] = useState(false);
  const readable = isWanted && run.runnerOnline && run.startedAt !== null;
  const finished = isFinal(run.state);
  const { id } = run;

  const keep = useCallback((next: LogBuffer) => {
    buffer.current = next;
    setLog(next);
  }, []);

  const read = useCallback(async () => {
    if (reading.current.busy) {
      reading.current.again = true;
      return;
    }
    reading.current.busy = true;
    try {
      let more = true;
      while (more || reading.current.again) {
        reading.current.again = false;
        const answer = await client.run.log.query({ id, after: buffer.current.readTo, of });
        keep(addReadLines(buffer.current, answer.lines, answer.more));
        more = answer.more && answer.lines.length > 0;
      }
      setError(null);
      setReadOnce(true);
    } catch (cause) {
      setError(cause);
    } finally {
      reading.current.busy = false;
    }
  }, [client, id, of, keep]);

  // once when it can be read, and once more after the end for the last lines
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of the run is a reason to read again
  useEffect(() => {
    if (readable) void read();
  }, [readable, finished, read]);

  const addLines = useCallback(
    (lines: LogLine[]) => {
      keep(addLiveLines(buffer.current, lines));
      if (hasGap(buffer.current)) void read();
    },
    [keep, read],
  );

  const status = log.lines.length > 0 || readOnce ? "ready" : !readable ? "waiting" : error === null ? "reading" : "failed";
  return { log, status, error, read, addLines };
}

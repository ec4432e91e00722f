"use client";

import { useEffect, useState } from "react";
import { elapsedMs, formatDuration } from "./duration.ts";

/** Digits of one width on one line, so that nothing moves while it counts. */
const steady = { fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" } as const;

/** Counts on from an instant (ISO 8601) in tenths of a second, then in seconds. */
export function Elapsed({ since }: { since: string }) {
  const start = Date.parse(since);
  const [now, setNow] = useState(() => Date.now());
  const long = now - start > 60_000;
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), long ? 1000 : 100);
    return () => clearInterval(timer);
  }, [long]);
  return <span style={steady}>{formatDuration(now - start)}</span>;
}

type Timed = { startedAt: string | null; finishedAt: string | null };

/** How long a run took, or counts while it goes on; a dash before it starts. */
export function RunDuration({ run }: { run: Timed }) {
  if (!run.startedAt) return <>–</>;
  if (!run.finishedAt) return <Elapsed since={run.startedAt} />;
  return <span style={steady}>{formatDuration(elapsedMs(run) ?? 0)}</span>;
}

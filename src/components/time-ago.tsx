"use client";

import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for every time on the page, so they tick together. It moves every 10 s and stands while nobody looks. */
function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const units = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "5 min. ago", "now" below a minute; `at` and `since` in milliseconds of the epoch. */
export function relativeTime(at: number, since: number): string {
  const seconds = Math.round((at - since) / 1000);
  const unit = units.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? relative.format(Math.trunc(seconds / unit[1]), unit[0]) : "just now";
}

/** The page's clock, milliseconds since the epoch; for a table that gives it to all of its rows. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => now,
  );
}

/** An instant as "5 min. ago" beside a clock that its caller has; the exact time is the browser's own hint. Without a hook: for long tables. */
export function plainTime(at: string, since: number) {
  const instant = new Date(at);
  return (
    <time dateTime={at} title={exact.format(instant)}>
      {wordsOf(instant, since)}
    </time>
  );
}

/** An instant as "5 min. ago" that keeps itself right, the exact time on hover and focus. */
export function TimeAgo({ at }: { at: string }) {
  const since = useNow();
  const instant = new Date(at);
  return (
    <Tooltip label={exact.format(instant)}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {wordsOf(instant, since)}
      </time>
    </Tooltip>
  );
}

function wordsOf(instant: Date, since: number): string {
  // an instant after the last tick is not in the future
  return relativeTime(instant.getTime(), Math.max(since, Math.min(instant.getTime(), since + 10_000)));
}

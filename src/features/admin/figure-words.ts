import type { RelayPoint, RelaySpan } from "@deskhand/shared/schemas/relay-figures";

export type Figures = NonNullable<RelayPoint["figures"]>;

/** What a line's numbers are. */
export type Unit = "count" | "seconds";

export type Line = { label: string; color: string; read: (figures: Figures) => number | null };

export type Chart = {
  title: string;
  /** What it says, and when to worry. */
  description: string;
  unit: Unit;
  lines: Line[];
  /** Of the numbers over the time shown, the one that is told in words. */
  summary: "latest" | "sum";
};

const good = "var(--deskhand-good)";
const bad = "var(--deskhand-bad)";
const busy = "var(--deskhand-busy)";
const wait = "var(--deskhand-wait)";
const idle = "var(--deskhand-idle)";

const latencyLines = (name: keyof Figures["latencies"]): Line[] => [
  { label: "p50", color: good, read: ({ latencies }) => latencies[name].p50 },
  { label: "p95", color: wait, read: ({ latencies }) => latencies[name].p95 },
  { label: "p99", color: bad, read: ({ latencies }) => latencies[name].p99 },
];

/** The charts in the order of the page. */
export const charts: Chart[] = [
  {
    title: "Connected runners",
    description: "Over all server processes.",
    unit: "count",
    summary: "latest",
    lines: [{ label: "Connected", color: busy, read: ({ connectedRunners }) => connectedRunners }],
  },
  {
    title: "Commands under way",
    description: "By state. Queued ones wait for their runner.",
    unit: "count",
    summary: "latest",
    lines: [
      { label: "Queued", color: idle, read: ({ queued }) => queued },
      { label: "Sent", color: wait, read: ({ leased }) => leased },
      { label: "Taken", color: busy, read: ({ accepted }) => accepted },
      { label: "Running", color: good, read: ({ running }) => running },
    ],
  },
  {
    title: "Commands that ended",
    description: "Expired ones count as failed.",
    unit: "count",
    summary: "sum",
    lines: [
      { label: "Succeeded", color: good, read: ({ succeeded }) => succeeded },
      { label: "Failed", color: bad, read: ({ failed }) => failed },
    ],
  },
  {
    title: "Age of the oldest queued command",
    description: "With its runner online it should be sent at once; offline it waits up to a day.",
    unit: "seconds",
    summary: "latest",
    lines: [
      { label: "Runner online", color: bad, read: ({ oldestOnline }) => oldestOnline },
      { label: "Runner offline", color: idle, read: ({ oldestOffline }) => oldestOffline },
    ],
  },
  {
    title: "From asking to sending",
    description: "Includes the time that a runner was offline.",
    unit: "seconds",
    summary: "latest",
    lines: latencyLines("queued"),
  },
  {
    title: "From sending to taking",
    description: "The way to the runner, its journal, and back.",
    unit: "seconds",
    summary: "latest",
    lines: latencyLines("accept"),
  },
  {
    title: "From taking to running",
    description: "Grows when runners are busy, paused or in quiet hours.",
    unit: "seconds",
    summary: "latest",
    lines: latencyLines("start"),
  },
  {
    title: "From asking to the end",
    description: "End to end, whatever the end.",
    unit: "seconds",
    summary: "latest",
    lines: latencyLines("total"),
  },
  {
    title: "Ping to runners",
    description: "The transport's own, every 25 seconds.",
    unit: "seconds",
    summary: "latest",
    lines: latencyLines("ping"),
  },
  {
    title: "Connections of runners",
    description: "Many reconnects at once: the network, or a server that was restarted.",
    unit: "count",
    summary: "sum",
    lines: [
      { label: "Joins", color: busy, read: ({ joins }) => joins },
      { label: "Reconnects", color: wait, read: ({ reconnects }) => reconnects },
      { label: "Refusals", color: bad, read: ({ refusals }) => refusals },
    ],
  },
  {
    title: "Alerts sent",
    description: "Attempts by webhook and e-mail.",
    unit: "count",
    summary: "sum",
    lines: [
      { label: "Delivered", color: good, read: ({ delivered }) => delivered },
      { label: "To be tried again", color: wait, read: ({ deliveryRetries }) => deliveryRetries },
      { label: "Given up", color: bad, read: ({ deliveryFailures }) => deliveryFailures },
    ],
  },
];

/** 0.0042 as "4 ms", 75 as "1.3 min"; three figures are enough to see what is going on. */
export function readableSeconds(seconds: number): string {
  if (seconds === 0) return "0";
  if (seconds < 1) return `${trim(seconds * 1000)} ms`;
  if (seconds < 60) return `${trim(seconds)} s`;
  if (seconds < 3600) return `${trim(seconds / 60)} min`;
  return `${trim(seconds / 3600)} h`;
}

export function readable(value: number | null, unit: Unit): string {
  if (value === null) return "–";
  return unit === "seconds" ? readableSeconds(value) : trim(value);
}

function trim(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

/** A chart's lines in words: the last known number of each, or the sum over the time. */
export function summaryOf({ lines, unit, summary }: Chart, points: RelayPoint[]): string {
  const known = points.flatMap(({ figures }) => figures ?? []);
  if (known.length === 0) return "Nothing was counted in this time.";
  const parts = lines.map(({ label, read }) => {
    const values = known.map(read).filter((value) => value !== null);
    const value = summary === "sum" ? values.reduce((sum, one) => sum + one, 0) : (values.at(-1) ?? null);
    return `${label} ${readable(value, unit)}`;
  });
  return `${summary === "sum" ? "In all" : "Last"}: ${parts.join(", ")}.`;
}

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndTime = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** A point's time on the axis. */
export function timeLabel(at: string, span: RelaySpan): string {
  return (span === "7d" ? dayAndTime : time).format(new Date(at));
}

import type { RunInsights } from "@deskhand/shared/schemas/run-insights";

type Counts = { succeeded: number; failed: number; other: number };
export type HeatCell = Counts & { day: string /** 0 to 1; null when nothing ended in success or failure. */; rate: number | null };
export type HeatRow = { workflowId: string; workflowName: string; cells: (HeatCell | null)[]; total: number };

/** Every day from the first to the last, both included, as YYYY-MM-DD. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 24 * 60 * 60_000) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** A row for each workflow, the one that ran most first, with a cell for each day; null where nothing ended. */
export function heatRows({ from, to, cells }: RunInsights): HeatRow[] {
  const days = daysBetween(from, to);
  const rows = new Map<string, { name: string; byDay: Map<string, HeatCell>; total: number }>();
  for (const { workflowId, workflowName, day, ...counts } of cells) {
    const row = rows.get(workflowId) ?? { name: workflowName, byDay: new Map(), total: 0 };
    row.byDay.set(day, { day, ...counts, rate: successRate(counts) });
    row.total += counts.succeeded + counts.failed + counts.other;
    rows.set(workflowId, row);
  }
  return [...rows]
    .map(([workflowId, { name, byDay, total }]) => ({
      workflowId,
      workflowName: name,
      total,
      cells: days.map((day) => byDay.get(day) ?? null),
    }))
    .toSorted((a, b) => b.total - a.total || a.workflowName.localeCompare(b.workflowName));
}

/** What was cancelled or expired says nothing of the workflow. */
export function successRate({ succeeded, failed }: Pick<Counts, "succeeded" | "failed">): number | null {
  return succeeded + failed === 0 ? null : succeeded / (succeeded + failed);
}

/** Of five, how well it went; the colour says the same as the words do. */
export function heatTone(rate: number | null): "none" | "bad" | "poor" | "fair" | "good" | "best" {
  if (rate === null) return "none";
  if (rate < 0.5) return "bad";
  if (rate < 0.8) return "poor";
  if (rate < 0.95) return "fair";
  return rate < 1 ? "good" : "best";
}

export function cellWords({ succeeded, failed, other }: Counts): string {
  const parts = [`${succeeded} succeeded`, `${failed} failed`, ...(other > 0 ? [`${other} cancelled or expired`] : [])];
  return parts.join(", ");
}

/** 9 Mar */
export function dayLabel(day: string): string {
  return new Date(day).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

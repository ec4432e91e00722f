import type { DeploymentProgress, DeploymentResult } from "@deskhand/shared/schemas/deployment";
import { finalStates } from "@deskhand/shared/schemas/run";

export type BatchPart = { key: "succeeded" | "failed" | "cancelled" | "running" | "waiting"; label: string; count: number; color: string };

/** How its profiles are spread, in the order of the bar. */
export function batchParts({ counts }: Pick<DeploymentProgress, "counts">): BatchPart[] {
  return [
    { key: "succeeded", label: "Succeeded", count: counts.succeeded, color: "var(--deskhand-good)" },
    { key: "failed", label: "Failed", count: counts.failed + counts.expired, color: "var(--deskhand-bad)" },
    { key: "cancelled", label: "Cancelled", count: counts.cancelled, color: "var(--deskhand-idle)" },
    { key: "running", label: "Under way", count: counts.leased + counts.accepted + counts.running, color: "var(--deskhand-busy)" },
    { key: "waiting", label: "Waiting", count: counts.queued, color: "var(--mantine-color-default-border)" },
  ];
}

export function isOver({ counts, profiles }: Pick<DeploymentProgress, "counts" | "profiles">): boolean {
  return finalStates.reduce((sum, state) => sum + counts[state], 0) === profiles;
}

/** The part that a row belongs to. */
export function partOf({ state }: Pick<DeploymentResult, "state">): BatchPart["key"] {
  if (state === "succeeded" || state === "cancelled") return state;
  if (state === "failed" || state === "expired") return "failed";
  return state === "queued" ? "waiting" : "running";
}

/** "12th of 340 on this runner". */
export function placeWords(place: number, waiting: number): string {
  const ends = { one: "st", two: "nd", few: "rd", other: "th" } as Record<string, string>;
  const end = ends[new Intl.PluralRules("en", { type: "ordinal" }).select(place)] ?? "th";
  return `${place.toLocaleString("en")}${end} of ${waiting.toLocaleString("en")} on this runner`;
}

const columns = ["profile", "state", "failure", "failedStep", "startedAt", "finishedAt", "seconds", "runs", "run"] as const;

/** The rows as a table for other programs, of plain words and times. */
export function resultRows(items: readonly DeploymentResult[], origin: string): Record<(typeof columns)[number], string | number | null>[] {
  return items.map((item) => ({
    profile: item.profileName,
    state: item.state,
    failure: item.failureCode,
    failedStep: item.failureStep === null ? null : item.failureStep + 1,
    startedAt: item.startedAt,
    finishedAt: item.finishedAt,
    seconds: item.startedAt && item.finishedAt ? (Date.parse(item.finishedAt) - Date.parse(item.startedAt)) / 1000 : null,
    runs: item.runs,
    run: `${origin}/dashboard/runs/${item.runId}`,
  }));
}

/** RFC 4180; a cell that a spreadsheet would take for a formula is made text. */
export function toCsv(rows: ReturnType<typeof resultRows>): string {
  const cell = (value: string | number | null) => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/u.test(value) ? `'${value}` : String(value ?? "");
    return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.join(","), ...rows.map((row) => columns.map((column) => cell(row[column])).join(","))]
    .map((line) => `${line}\r\n`)
    .join("");
}

import type { LogLine } from "@deskhand/shared/schemas/run";

/** Lines kept in the page; older ones stay on the runner and are in the run's log file. */
export const maxShownLines = 5000;

/** `readTo` is the last sequence up to which nothing is missing. */
export type LogBuffer = { lines: LogLine[]; readTo: number; dropped: boolean };

export const emptyLog: LogBuffer = { lines: [], readTo: 0, dropped: false };

/** Takes live lines, in whatever order they come. {@link hasGap} then says whether the log has to be read again. */
export function addLiveLines(log: LogBuffer, incoming: readonly LogLine[]): LogBuffer {
  const lines = merge(log.lines, incoming);
  if (lines === log.lines) return log;
  let { readTo } = log;
  for (const line of lines) if (line.seq === readTo + 1) readTo = line.seq;
  return cap({ lines, readTo, dropped: log.dropped });
}

/**
 * Takes what was read from the runner after `readTo`. The runner's word is final: a sequence that it leaves out is not coming, and
 * when there is no `more` everything that is known is read.
 */
export function addReadLines(log: LogBuffer, incoming: readonly LogLine[], more: boolean): LogBuffer {
  const lines = merge(log.lines, incoming);
  const lastRead = incoming.at(-1)?.seq ?? log.readTo;
  let readTo = Math.max(log.readTo, lastRead);
  for (const line of lines) if (line.seq === readTo + 1) readTo = line.seq;
  if (!more && incoming.length === 0) readTo = Math.max(readTo, lines.at(-1)?.seq ?? 0);
  return cap({ lines, readTo, dropped: log.dropped });
}

/** Are there lines after one that is missing? */
export function hasGap(log: LogBuffer): boolean {
  return (log.lines.at(-1)?.seq ?? 0) > log.readTo;
}

function merge(known: LogLine[], incoming: readonly LogLine[]): LogLine[] {
  const last = known.at(-1)?.seq ?? 0;
  const sorted = incoming.toSorted((a, b) => a.seq - b.seq).filter((line, index, all) => line.seq !== all[index - 1]?.seq);
  if (sorted.length === 0) return known;
  if ((sorted[0]?.seq ?? 0) > last) return [...known, ...sorted];
  const seen = new Set(known.map((line) => line.seq));
  const fresh = sorted.filter((line) => !seen.has(line.seq));
  return fresh.length === 0 ? known : [...known, ...fresh].sort((a, b) => a.seq - b.seq);
}

function cap(log: LogBuffer): LogBuffer {
  return log.lines.length <= maxShownLines ? log : { ...log, lines: log.lines.slice(-maxShownLines), dropped: true };
}

/** `steps`: only lines of these; null for all. */
type LogFilter = { search: string; steps: ReadonlySet<number> | null; errorsOnly: boolean };

/** The lines that a filter lets through; the search ignores case. */
export function filterLog(lines: readonly LogLine[], filter: LogFilter): LogLine[] {
  const search = filter.search.trim().toLowerCase();
  return lines.filter(
    (line) =>
      (filter.steps === null || (line.step !== null && filter.steps.has(line.step))) &&
      (!filter.errorsOnly || line.level === "error" || line.level === "warn") &&
      (search === "" || line.message.toLowerCase().includes(search)),
  );
}

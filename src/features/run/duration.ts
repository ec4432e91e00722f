/** A duration as people read it: 0.4 s, 12.3 s, 1 min 04 s, 2 h 03 min. `ms` below zero reads as zero (two machines' clocks). */
export function formatDuration(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(tenths / 10);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

type Timed = { startedAt: string | null; finishedAt: string | null };

/** How long a run took, or has taken until `now` (ms since the epoch); null before it starts. */
export function elapsedMs(run: Timed, now: number): number | null {
  if (!run.startedAt) return null;
  const end = run.finishedAt ? Date.parse(run.finishedAt) : now;
  return Math.max(0, end - Date.parse(run.startedAt));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

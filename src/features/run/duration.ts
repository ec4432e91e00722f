/** A duration as people read it: <0.1 s, 0.4 s, 12.3 s, 1 min 04 s, 2 h 03 min. `ms` below zero reads as zero (two machines' clocks). */
export function formatDuration(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths === 0) return "<0.1 s";
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(tenths / 10);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

type Timed = { startedAt: string | null; finishedAt: string | null };

/** How long a run took, in ms; null for one that did not start or has not ended. */
export function elapsedMs(run: Timed): number | null {
  return run.startedAt && run.finishedAt ? Math.max(0, Date.parse(run.finishedAt) - Date.parse(run.startedAt)) : null;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

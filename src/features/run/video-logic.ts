import type { RunDetail } from "@deskhand/shared/schemas/run";

/** Times are ms since the video began, but for `startedAt`, which is since the epoch. */
export type RunVideo = {
  startedAt: number;
  lengthMs: number;
  /** in the order in which they were taken */
  pictures: readonly { at: number; jpeg: Blob }[];
  notes: readonly { at: number; ms: number; text: string }[];
};

/** A page that stands still for longer is shown for so long, the end of it right before it changes; milliseconds. */
const stillMs = 5_000;
const leadMs = 500;

/** What is left out while a video plays. */
export type Skip = { from: number; to: number };

/** The index of the picture that is shown then. */
export function videoPictureAt({ pictures }: Pick<RunVideo, "pictures">, at: number): number {
  let [low, high] = [0, pictures.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((pictures[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** The long stretches in which nothing changes. */
export function skipsOf({ pictures, lengthMs }: Pick<RunVideo, "pictures" | "lengthMs">): Skip[] {
  return pictures.flatMap(({ at }, index) => {
    const next = pictures[index + 1];
    const until = next ? next.at : lengthMs;
    return until - at > stillMs ? [{ from: at + stillMs - leadMs, to: until - (next ? leadMs : 0) }] : [];
  });
}

/** Where it goes on from there. */
export function onwardFrom(skips: readonly Skip[], at: number): number {
  return skips.find(({ from, to }) => at > from && at < to)?.to ?? at;
}

/** How long it plays, milliseconds. */
export function playedMs({ lengthMs }: Pick<RunVideo, "lengthMs">, skips: readonly Skip[]): number {
  return skips.reduce((left, { from, to }) => left - (to - from), lengthMs);
}

/** The time of the video that is shown after it has played for so long from its beginning. */
export function videoTimeAfter(skips: readonly Skip[], ms: number): number {
  return skips.reduce((at, { from, to }) => (at > from ? at + to - from : at), ms);
}

type Steps = Pick<RunDetail, "steps">;

/** The step that had begun last by then; null before the first. */
export function stepAtTime({ steps }: Steps, time: number): number | null {
  let found: { index: number; since: number } | null = null;
  for (const { index, startedAt } of steps) {
    const since = startedAt === null ? Number.POSITIVE_INFINITY : Date.parse(startedAt);
    if (since <= time && (!found || since >= found.since)) found = { index, since };
  }
  return found?.index ?? null;
}

/** When the step began in the video; undefined for one that did not. */
export function timeOfStep({ steps }: Steps, video: Pick<RunVideo, "startedAt" | "lengthMs">, index: number): number | undefined {
  const startedAt = steps[index]?.startedAt;
  return startedAt ? Math.min(Math.max(Date.parse(startedAt) - video.startedAt, 0), video.lengthMs) : undefined;
}

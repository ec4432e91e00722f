import type { RunDetail } from "@deskhand/shared/schemas/run";
import { screenshotsByStep } from "./artifact-content.ts";

/** A picture of a run's film, shown from `from` on; milliseconds since the film began. */
export type FilmPicture = { id: string; step: number; from: number };
export type Film = { pictures: FilmPicture[]; lengthMs: number };

/** A page that stands still for longer is shown for so long, and the last picture too; milliseconds. */
const longestMs = 2_000;
/** None is shown for less, so that it can be seen; milliseconds. */
const shortestMs = 200;

/** A run's screenshots along the time in which they were taken, without its long waits. */
export function filmOf(run: Pick<RunDetail, "artifacts">): Film {
  const shots = [...screenshotsByStep(run.artifacts)]
    .flatMap(([step, artifacts]) => artifacts.map(({ id, createdAt }) => ({ id, step, at: Date.parse(createdAt) })))
    .toSorted((a, b) => a.at - b.at || a.step - b.step);
  let lengthMs = 0;
  const pictures = shots.map(({ id, step, at }, index) => {
    const from = lengthMs;
    const next = shots[index + 1];
    lengthMs += next ? Math.min(longestMs, Math.max(shortestMs, next.at - at)) : longestMs;
    return { id, step, from };
  });
  return { pictures, lengthMs };
}

/** What is shown at that time. */
export function pictureAt({ pictures }: Film, ms: number): FilmPicture | undefined {
  return pictures.findLast(({ from }) => from <= ms) ?? pictures[0];
}

/** 0:07, 2:31 */
export function filmTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

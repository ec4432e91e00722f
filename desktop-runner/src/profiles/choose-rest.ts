/** A session that could hibernate: one that is awake, and that no window shows. */
export type Restable = { profileId: string; usedAt: number };

type Situation = {
  /** Milliseconds, of the clock that `usedAt` is of. */
  now: number;
  /** After so long without use one hibernates, milliseconds. */
  afterMs: number;
  /** So many have to go for memory's sake. */
  short: number;
};

/** What was used less than this ago is left alone even when memory is short: somebody is at it. Milliseconds. */
const leastMs = 15_000;

/** Which hibernate now: those that nobody used for long, and those used the longest ago when there is not memory for all. */
export function chooseRest(sessions: readonly Restable[], { now, afterMs, short }: Situation): string[] {
  const oldestFirst = sessions.toSorted((a, b) => a.usedAt - b.usedAt);
  return oldestFirst
    .filter(({ usedAt }, index) => now - usedAt >= afterMs || (index < short && now - usedAt >= Math.min(leastMs, afterMs)))
    .map(({ profileId }) => profileId);
}

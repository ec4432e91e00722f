export type Random = {
  /** From 0 up to, but not with, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both of them too. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): T[];
  /** A stream of its own, which the same name gives again whatever else was drawn. */
  fork(name: string): Random;
};

/**
 * Numbers that a seed decides (mulberry32, by Tommy Ettinger; public domain). What depends on timing between processes cannot be
 * repeated to the letter; every decision that the suite makes can.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]) => from[between(0, from.length - 1)] as T,
    shuffled<T>(from: readonly T[]) {
      const deck = [...from];
      for (let at = deck.length - 1; at > 0; at -= 1) {
        const other = between(0, at);
        [deck[at], deck[other]] = [deck[other] as T, deck[at] as T];
      }
      return deck;
    },
    fork(name) {
      let hash = seed ^ 0x811c9dc5;
      for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
      return createRandom(hash);
    },
  };
}

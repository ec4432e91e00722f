type Waiting = { key: string; enter: () => void };

/** Lets so many in at once. Those who wait come in turn by their key, so that a thousand of one do not keep the few of another waiting. */
export class FairGate {
  readonly #places: number;
  readonly #inside = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  /** The keys in the order in which they came in last. */
  readonly #turns = new Map<string, number>();
  #turn = 0;
  #count = 0;

  constructor(places: number) {
    this.#places = places;
  }

  async through<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#count >= this.#places) await new Promise<void>((enter) => this.#waiting.push({ key, enter }));
    else this.#enter(key);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  #enter(key: string): void {
    this.#count++;
    this.#inside.set(key, (this.#inside.get(key) ?? 0) + 1);
    this.#turns.set(key, ++this.#turn);
  }

  #leave(key: string): void {
    this.#count--;
    const left = (this.#inside.get(key) ?? 1) - 1;
    if (left > 0) this.#inside.set(key, left);
    else this.#inside.delete(key);
    const next = this.#next();
    if (next) {
      // taken here, so that nobody who comes meanwhile does
      this.#enter(next.key);
      next.enter();
    } else if (this.#count === 0) this.#turns.clear();
  }

  /** The first of the key that has the fewest inside, and of those alike the one whose turn was longest ago. */
  #next(): Waiting | undefined {
    let best = -1;
    for (const [index, { key }] of this.#waiting.entries()) {
      if (best < 0 || this.#isBefore(key, this.#waiting[best]?.key ?? "")) best = index;
    }
    return best < 0 ? undefined : this.#waiting.splice(best, 1)[0];
  }

  #isBefore(one: string, other: string): boolean {
    const inside = (this.#inside.get(one) ?? 0) - (this.#inside.get(other) ?? 0);
    return inside < 0 || (inside === 0 && (this.#turns.get(one) ?? 0) < (this.#turns.get(other) ?? 0));
  }
}

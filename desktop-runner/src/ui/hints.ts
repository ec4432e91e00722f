/** Parts of what the page shows. A hint says only that one may be another now: whoever hears it looks again. */
export type Topic = "status" | "runs" | "policy" | "approvals" | "log" | "backup";

/** Carries hints from whatever changes to the pages that are open; costs nothing while there are none. */
export class Hints {
  readonly #listeners = new Set<(topic: Topic) => void>();

  /** Bound, so that it can be handed on. */
  readonly tell = (topic: Topic): void => {
    for (const listener of this.#listeners) listener(topic);
  };

  /** @returns what ends the listening */
  listen(listener: (topic: Topic) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

import { retryDelayMs } from "./backoff.ts";
import type { Link } from "./link.ts";

/** Changes come in numbers: they are told together, milliseconds. */
const gatherMs = 200;

type Options = {
  /** Told again without a reason this often, milliseconds; only when there is something new when absent. */
  everyMs?: number;
  /** Tells what there is, and resolves to whether there is more. Rejects when it is to be told again later. */
  tell(link: Link): Promise<boolean>;
};

/** Keeps the server told of something over whichever connection there is, one report at a time, until it has been stored. */
export class RepeatedReport {
  readonly #options: Options;
  #link: Link | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #failures = 0;
  #busy = false;
  #again = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Tells over this connection from now on. */
  attach(link: Link): void {
    this.detach();
    this.#link = link;
    this.#failures = 0;
    this.#schedule(0);
  }

  detach(): void {
    this.#link = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** There is something to tell. */
  changed(): void {
    this.#schedule(gatherMs);
  }

  #schedule(ms: number): void {
    if (!this.#link) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    const at = Date.now() + ms;
    if (this.#timer && this.#dueAt <= at) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => void this.#report(), ms);
  }

  async #report(): Promise<void> {
    const link = this.#link;
    this.#timer = undefined;
    if (!link) return;
    this.#busy = true;
    this.#again = false;
    let next = this.#options.everyMs;
    try {
      if (await this.#options.tell(link)) next = 0;
      this.#failures = 0;
    } catch {
      // no answer, or a journal or server that cannot write now: the same again, later
      next = 1_000 + retryDelayMs(this.#failures++);
    }
    this.#busy = false;
    if (link !== this.#link) return this.#schedule(0);
    if (this.#again) next = Math.min(next ?? gatherMs, gatherMs);
    if (next !== undefined) this.#schedule(next);
  }
}

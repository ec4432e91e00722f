import type { HoldAct } from "../holds/run-holds.ts";
import type { PersonReason } from "../workflow/run-services.ts";
import type { HoldNewsFacts, WaitingEvent } from "./messages.ts";
import type { PageHand } from "./page-hand.ts";

/** Takes time out of a run's limit while a person has its page. */
export type TimeLimit = { pause(): void; resume(): void; stop(): void };

export type { PersonReason };
export type PersonWish = { index: number; reason: PersonReason; timeoutMs: number; signal: AbortSignal };

export type RunHold = {
  /** How often a person has begun to hold the run: a step during which it grew was not alone on the page. */
  readonly count: number;
  readonly isOn: boolean;
  set(on: boolean): void;
  /** Resolves when nobody holds the run. `onWaiting` is called first, when somebody does. */
  whenFree(onWaiting: () => void): Promise<void>;
  /** Resolves when a person has taken the page and given it back, or when none came in time; the time that they take is not counted. */
  askPerson(wish: PersonWish): Promise<"done" | "timeout">;
  /** The page can be used from here on. */
  attach(hand: PageHand): void;
  act(acts: readonly HoldAct[]): Promise<void>;
};

/** Whether a person has the run's page, and the way of what they do to it. */
export function createRunHold(limit: TimeLimit, tell: (news: HoldNewsFacts) => void, note: (event: WaitingEvent) => void): RunHold {
  let on = false;
  let count = 0;
  let isWaiting = false;
  let hand: PageHand | undefined;
  const waiting: (() => void)[] = [];
  const watchers = new Set<() => void>();
  let last: Omit<HoldNewsFacts, "isWaiting"> = { tabs: [], shown: 0, chooser: null, dialog: null };

  const tellAll = () => {
    if (on) tell({ ...last, isWaiting });
  };
  const take = () => {
    if (hand)
      hand.begin((news) => {
        last = news;
        tellAll();
      });
  };
  return {
    get count() {
      return count;
    },
    get isOn() {
      return on;
    },
    set(wanted) {
      if (wanted === on) return;
      on = wanted;
      if (on) {
        count++;
        limit.pause();
        take();
        for (const look of watchers) look();
        return;
      }
      isWaiting = false;
      limit.resume();
      // what is still held down is let go before the run goes on
      void (hand?.end() ?? Promise.resolve()).finally(() => {
        for (const resolve of waiting.splice(0)) resolve();
        for (const look of watchers) look();
      });
    },
    async whenFree(onWaiting) {
      while (on) {
        isWaiting = true;
        onWaiting();
        tellAll();
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
    },
    async askPerson({ index, reason, timeoutMs, signal }) {
      const before = count;
      limit.pause();
      note({ kind: "waiting", at: Date.now(), index, reason, until: Date.now() + timeoutMs });
      const { promise, resolve } = Promise.withResolvers<"done" | "timeout">();
      const patience = createTimeLimit(timeoutMs, () => resolve("timeout"));
      const look = () => {
        if (on) {
          patience.pause();
          isWaiting = true;
          tellAll();
        } else if (count > before) resolve("done");
        else patience.resume();
      };
      const stop = () => resolve("timeout");
      watchers.add(look);
      signal.addEventListener("abort", stop, { once: true });
      look();
      try {
        return await promise;
      } finally {
        watchers.delete(look);
        signal.removeEventListener("abort", stop);
        patience.stop();
        if (!on) limit.resume();
        note({ kind: "resumed", at: Date.now() });
      }
    },
    attach(attached) {
      hand = attached;
      if (on) take();
    },
    act: async (acts) => {
      if (on) await hand?.act(acts);
    },
  };
}

/** Calls `onOver` after `ms` of time that was not paused. */
export function createTimeLimit(ms: number, onOver: () => void): TimeLimit {
  let left = ms;
  let since = Date.now();
  let timer: NodeJS.Timeout | undefined = setTimeout(onOver, left);
  return {
    pause() {
      if (!timer) return;
      clearTimeout(timer);
      timer = undefined;
      left -= Date.now() - since;
    },
    resume() {
      if (timer) return;
      since = Date.now();
      timer = setTimeout(onOver, Math.max(left, 0));
    },
    stop: () => clearTimeout(timer),
  };
}

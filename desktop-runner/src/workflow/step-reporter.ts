import type { Page } from "playwright-core";
import type { RunObserver, StepOutcome } from "./run-observer.ts";

/** Each of a step's first turns is told, then one a second at most: a loop of a hundred thousand must not fill the journal. */
const toldAlways = 50;
const tellEveryMs = 1000;

type Told = { turns: number; toldAt: number; isTold: boolean; last?: { outcome: StepOutcome; page: Page } };

export type StepReporter = {
  started(index: number): void;
  finished(index: number, outcome: StepOutcome, page: Page): void;
  /** Tells what was held back, and that the others were passed over. */
  close(page: Page): void;
};

/** Tells of steps as they happen, with the number of times that each was begun. */
export function createStepReporter(observer: RunObserver, count: number): StepReporter {
  const steps = new Map<number, Told>();
  const tell = (index: number, of: Told) => {
    if (!of.last) return;
    observer.stepFinished(index, { ...of.last.outcome, turn: of.turns }, of.last.page);
    delete of.last;
  };
  return {
    started: (index) => {
      const of = steps.get(index) ?? { turns: 0, toldAt: 0, isTold: false };
      steps.set(index, of);
      of.turns++;
      const now = performance.now();
      of.isTold = of.turns <= toldAlways || now - of.toldAt >= tellEveryMs;
      if (!of.isTold) return;
      of.toldAt = now;
      observer.stepStarted(index, of.turns);
    },
    finished: (index, outcome, page) => {
      const of = steps.get(index);
      if (!of) {
        // passed over; once is enough, however often its turn comes
        steps.set(index, { turns: 0, toldAt: 0, isTold: true });
        return observer.stepFinished(index, outcome, page);
      }
      if (of.turns === 0) return;
      of.last = { outcome, page };
      if (of.isTold || outcome.status === "failed") tell(index, of);
    },
    close: (page) => {
      for (let index = 0; index < count; index++) {
        const of = steps.get(index);
        if (of) tell(index, of);
        else observer.stepFinished(index, { status: "skipped", durationMs: 0 }, page);
      }
    },
  };
}

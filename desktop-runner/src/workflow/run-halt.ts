import type { BrowserContext, Page } from "playwright-core";
import { StepFailure } from "./step-failure.ts";

/** What ends a run from outside of its steps: a code, or a failure with words of its own. */
export type RunHalt = "CANCELLED" | "RUN_TIMEOUT" | "RUNNER_DISK_FULL" | StepFailure;

export type HaltWatch = {
  /** The promise's own end, or a rejection as soon as the run must stop. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Why the run must stop; waits a moment, since the news of a death may come after the error that it causes. */
  reason(): Promise<StepFailure | undefined>;
  stop(): void;
};

/** Watches for what ends a run in the middle of a step: a cancellation, a crashed page, a browser that is gone. */
export function watchForHalt(context: BrowserContext, signal: AbortSignal): HaltWatch {
  let failure: StepFailure | undefined;
  let reject: (failure: StepFailure) => void = () => {};
  const halted = new Promise<never>((_, rejectHalt) => {
    reject = rejectHalt;
  });
  halted.catch(() => {});
  const halt = (why: RunHalt | "PAGE_CRASHED" | "BROWSER_CRASHED") => {
    failure ??= why instanceof StepFailure ? why : new StepFailure(why);
    reject(failure);
  };
  const browser = context.browser();
  const onAbort = () => halt(isHalt(signal.reason) ? signal.reason : "CANCELLED");
  const onGone = () => halt("BROWSER_CRASHED");
  const onCrash = () => halt("PAGE_CRASHED");
  const onPage = (page: Page) => void page.on("crash", onCrash);
  for (const page of context.pages()) onPage(page);
  context.on("page", onPage);
  browser?.on("disconnected", onGone);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  else if (browser && !browser.isConnected()) onGone();
  return {
    race: (work) => {
      work.catch(() => {}); // it may end long after the race, by the context's closing
      return Promise.race([work, halted]);
    },
    reason: async () => {
      if (!failure && browser?.isConnected() === false) onGone();
      if (!failure) await new Promise((resolve) => setImmediate(resolve));
      return failure;
    },
    stop: () => {
      signal.removeEventListener("abort", onAbort);
      browser?.off("disconnected", onGone);
      context.off("page", onPage);
      for (const page of context.pages()) page.off("crash", onCrash);
    },
  };
}

function isHalt(reason: unknown): reason is RunHalt {
  return reason === "RUN_TIMEOUT" || reason === "RUNNER_DISK_FULL" || reason instanceof StepFailure;
}

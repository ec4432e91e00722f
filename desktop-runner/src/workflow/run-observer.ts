import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { Page } from "playwright-core";

export type StepOutcome = {
  status: "succeeded" | "failed" | "skipped";
  durationMs: number;
  code?: RunFailureCode;
  message?: string;
  /** how often it was begun, when it was */
  turn?: number;
};

/** Told what happens, synchronously; `page` is the one the step worked on. Indexes count through the whole document. */
export type RunObserver = {
  stepStarted(index: number, turn: number): void;
  stepFinished(index: number, outcome: StepOutcome, page: Page): void;
  warn(index: number, message: string): void;
  takeScreenshot(index: number, page: Page, name: string, fullPage: boolean): Promise<void>;
};

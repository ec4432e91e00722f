import type { Recording } from "@deskhand/shared/schemas/recording";
import type { PersonRule } from "@deskhand/shared/schemas/recording-person";
import type { CustomStepOf, Step } from "@deskhand/shared/schemas/recording-steps";
import type { BrowserContext, Page } from "playwright-core";
import type { HaltWatch } from "./run-halt.ts";
import type { RunObserver } from "./run-observer.ts";
import type { DialogRule, RunServices } from "./run-services.ts";
import type { RunState } from "./run-state.ts";
import type { StepFailure } from "./step-failure.ts";
import type { StepReporter } from "./step-reporter.ts";
import type { DeviceTraits, NetworkWay } from "./step-scope.ts";

/** What the steps of one document share while they are carried out. */
export type Engine = {
  context: BrowserContext;
  page: Page;
  recording: Recording;
  device: DeviceTraits;
  way?: NetworkWay | undefined;
  signal: AbortSignal;
  halt: HaltWatch;
  state: RunState;
  data: Record<string, unknown>;
  services: RunServices;
  observer: RunObserver;
  reporter: StepReporter;
  /** for human steps that do not say themselves, and for what only a person can get past */
  person: PersonRule;
  /** ms, for steps when neither they nor the recording say */
  stepTimeoutMs: number;
  /** Number of a step among all that the run may come to. */
  indexOf(step: Step): number;
  /** Of a step that runs a workflow: the number of that workflow's first step; undefined where its steps are not told one by one. */
  insideOf(index: number): number | undefined;
  /** What people call the step of that number: 3, or 3.2 inside of the workflow that step 3 runs. */
  nameOf(index: number): string;
  /** Carries out another workflow on the same pages; the answer is what it read. */
  runWorkflow(
    outer: Engine,
    step: CustomStepOf<"deskhand.workflow">,
    index: number,
    around: Surroundings,
  ): Promise<Record<string, unknown>>;
  /** hashes of the workflows around this one: none runs itself */
  within: readonly string[];
  /** Of a draft that a person tries: each step waits for them, and one that failed waits to be tried again. */
  gate?: { before(index: number): Promise<void>; failed(): void } | undefined;
};

/** How the steps of a list stand in what is around them. */
export type Surroundings = {
  /** ms since the epoch, of the blocks around */
  deadline: number;
  /** a block around it does its steps again when one of them fails */
  isTried?: boolean;
  /** of the blocks around, for steps that do not say themselves */
  dialogs?: DialogRule | undefined;
};

/** Which step failed, and of what; the innermost one. */
export class StepFailed extends Error {
  readonly failure: StepFailure;
  readonly index: number;

  constructor(failure: StepFailure, index: number) {
    super(failure.message);
    this.failure = failure;
    this.index = index;
  }
}

/** Not a failure: ends the turn of the loop around, or the loop. */
export class LoopExit extends Error {
  readonly kind: "next-turn" | "leave-loop";

  constructor(kind: LoopExit["kind"]) {
    super(kind);
    this.kind = kind;
  }
}

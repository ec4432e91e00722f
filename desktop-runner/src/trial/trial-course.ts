import type { Engine } from "../workflow/engine.ts";
import { StepFailed } from "../workflow/engine.ts";
import { generalFailure, StepFailure } from "../workflow/step-failure.ts";
import { runStepsFrom } from "./run-steps-from.ts";

/** One step, to the end, or until it stands before that step. */
export type Goal = "next" | "end" | number;

type Outside = {
  /** Opens what is carried out; ends with the signal. */
  open(signal: AbortSignal): Engine;
  signal: AbortSignal;
  /** It came to a step, began to stand, or went on. */
  onMove(): void;
  /** It is over; with what ended it, when that is not its own end. */
  onOver(course: TrialCourse, failure: StepFailure | undefined): void;
};

/** A document on its way from one step to another: it goes, or stands before a step and waits for the person. */
export class TrialCourse {
  readonly engine: Engine;
  readonly done: Promise<void>;
  /** The step that it stands before, or is at; null when it came to its end. */
  next: number | null;
  readonly #controller = new AbortController();
  readonly #outside: Outside;
  #goal: Goal | "stand";
  #release: (() => void) | undefined;

  constructor(from: number, goal: Goal, outside: Outside) {
    this.#outside = outside;
    this.#goal = goal;
    this.next = from;
    this.engine = outside.open(AbortSignal.any([this.#controller.signal, outside.signal]));
    this.engine.gate = { before: (index) => this.#before(index), failed: () => this.rest() };
    this.done = this.#run(from);
  }

  get isStanding(): boolean {
    return this.#release !== undefined;
  }

  goOn(goal: Goal): void {
    const release = this.#release;
    this.#goal = goal;
    this.#release = undefined;
    release?.();
  }

  /** Stands before the next step that it comes to. */
  rest(): void {
    this.#goal = "stand";
  }

  /** Within a step too. */
  leave(): Promise<void> {
    this.#controller.abort("CANCELLED");
    this.#release = undefined;
    return this.done;
  }

  /** Waits until the person has it go on. @throws what ends it meanwhile */
  stand(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#release = resolve;
    this.#outside.onMove();
    return this.engine.halt.race(promise);
  }

  async #before(index: number): Promise<void> {
    this.next = index;
    if (this.#isToStop(index)) {
      this.#goal = "stand";
      await this.stand();
    }
    // for this step alone
    if (this.#goal === "next") this.#goal = "stand";
  }

  #isToStop(index: number): boolean {
    return this.#goal === "stand" || this.#goal === index;
  }

  async #run(from: number): Promise<void> {
    let failure: StepFailure | undefined;
    try {
      // the course is known to who began it before its first step
      await null;
      await runStepsFrom(this.engine, from);
      this.next = null;
    } catch (error) {
      failure = error instanceof StepFailed ? error.failure : error instanceof StepFailure ? error : generalFailure(error, 0);
    }
    this.#release = undefined;
    this.engine.halt.stop();
    this.#outside.onOver(this, failure);
  }
}

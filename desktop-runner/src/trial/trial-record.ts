import type { TrialStep } from "@deskhand/shared/protocol/trial";
import { valueText } from "@deskhand/shared/schemas/recording-variables";
import type { StepOutcome } from "../workflow/run-observer.ts";

const maxText = 300;
const maxValues = 20;

/** How the steps of a draft went, and what each of them set or read. */
export class TrialRecord {
  readonly #steps = new Map<number, TrialStep>();
  readonly #mask: (text: string) => string;
  #before = new Map<string, string>();

  constructor(mask: (text: string) => string) {
    this.#mask = mask;
  }

  get steps(): TrialStep[] {
    return [...this.#steps.values()].sort((a, b) => a.index - b.index);
  }

  clear(): void {
    this.#steps.clear();
  }

  started(index: number): void {
    const turns = (this.#steps.get(index)?.turns ?? 0) + 1;
    this.#steps.set(index, { index, state: "running", durationMs: 0, turns, message: null, values: [] });
  }

  /** `values`: all that there are now. */
  finished(index: number, { status, durationMs, code, message: words }: StepOutcome, values: Record<string, unknown>): void {
    const message = code === "CANCELLED" ? "It was stopped." : words;
    const turns = this.#steps.get(index)?.turns ?? 0;
    const told = message === undefined ? null : this.#mask(message).slice(0, 500);
    this.#steps.set(index, { index, state: status, durationMs, turns, message: told, values: this.#changed(values) });
  }

  /** What comes from now on is compared with these. */
  begin(values: Record<string, unknown>): void {
    this.#before = texts(values);
  }

  #changed(values: Record<string, unknown>): TrialStep["values"] {
    const now = texts(values);
    const changed = [...now].filter(([name, text]) => this.#before.get(name) !== text).slice(0, maxValues);
    this.#before = now;
    return changed.map(([name, text]) => ({ name: name.slice(0, 200), text: shorten(this.#mask(text)) }));
  }
}

function texts(values: Record<string, unknown>): Map<string, string> {
  return new Map(Object.entries(values).map(([name, value]) => [name, valueText(value)]));
}

function shorten(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text;
}

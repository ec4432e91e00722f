import type { Recording } from "./recording.ts";
import type { Step } from "./recording-steps.ts";
import { type PlacedStep, walkSteps } from "./walk-steps.ts";

/** How many steps of workflows that a run's own workflow calls are told one by one; those of further calls by the step that calls. */
export const INNER_STEPS_AT_MOST = 2_000;
/** How deep workflows may run each other. */
export const CALLS_AT_MOST = 8;
/** The protocol's largest index, and one. */
const placesAtMost = 10_001;

/** A step that a run may come to: of its own document, or of a workflow that a step of it runs. */
export type RunPlace = {
  /** The document's own steps as they are counted there, then those of the workflows that it runs: events and files name it. */
  index: number;
  step: Step;
  /** how many blocks and workflows it is inside of */
  depth: number;
  /** index of the step that runs the workflow that it belongs to; null for the document's own */
  caller: number | null;
  /** what people call it: 3, and 3.2 for the second step of the workflow that step 3 runs */
  number: string;
  /** of a step that runs a workflow: its first step's index, and what it is called */
  inside?: { first: number; title: string };
};

type Called = Pick<Recording, "steps" | "title">;

/** Every step of a run, in the order of their indexes. Runner and server make the same of the same documents. */
export function placesOfRun(recording: Pick<Recording, "steps">, workflows: ReadonlyMap<string, Called> = new Map()): RunPlace[] {
  const places: (RunPlace & { within: readonly string[] })[] = [];
  const add = (steps: PlacedStep[], caller: (typeof places)[number] | null, within: readonly string[]) => {
    for (const { step, index, depth } of steps) {
      const number = caller ? `${caller.number}.${index + 1}` : `${index + 1}`;
      const at = { caller: caller?.index ?? null, depth: caller ? caller.depth + 1 + depth : depth };
      places.push({ index: places.length, step, number, within, ...at });
    }
  };
  add(walkSteps(recording.steps), null, []);
  const own = places.length;
  // grows while it is gone through: each workflow's steps come after all that are known
  for (const place of places) {
    const { step, within } = place;
    if (step.type !== "customStep" || step.name !== "deskhand.workflow") continue;
    const { version } = step.parameters;
    const called = workflows.get(version);
    if (!called || within.includes(version) || within.length >= CALLS_AT_MOST) continue;
    const steps = walkSteps(called.steps);
    const first = places.length;
    if (first + steps.length > Math.min(own + INNER_STEPS_AT_MOST, placesAtMost)) continue;
    place.inside = { first, title: called.title };
    add(steps, place, [...within, version]);
  }
  return places.map(({ within: _, ...place }) => place);
}

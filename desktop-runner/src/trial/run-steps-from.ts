import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { childLists, type PlacedStep, walkSteps } from "@deskhand/shared/schemas/walk-steps";
import { type Engine, LoopExit } from "../workflow/engine.ts";
import { runSteps } from "../workflow/run-steps.ts";

/**
 * Carries out a document from one of its steps on. Inside of a block, its list is carried out from there, and then what comes after the
 * block: a loop that is begun in its middle has this one turn. @throws StepFailed
 */
export async function runStepsFrom(engine: Engine, index: number): Promise<void> {
  const { steps } = engine.recording;
  const places = walkSteps(steps);
  const around = { deadline: Number.POSITIVE_INFINITY };
  let leaving = false;
  for (let [place, skip] = [places[index], 0]; place; skip = 1) {
    const block: PlacedStep | undefined = place.parent === null ? undefined : places[place.parent];
    // what ends a loop's turn leads out of all that is inside of the loop
    leaving &&= !isLoop(place.step);
    if (!leaving) {
      const list = block ? listOf(block.step, place.list) : steps;
      try {
        await runSteps(engine, list.slice(list.indexOf(place.step) + skip), around);
      } catch (error) {
        if (!(error instanceof LoopExit)) throw error;
        if (!block) return;
        leaving = true;
      }
    }
    place = block;
  }
}

function isLoop(step: Step): boolean {
  return step.type === "customStep" && step.name === "deskhand.loop";
}

function listOf(step: Step, field: string): Step[] {
  return childLists(step).find((list) => list.field === field)?.steps ?? [];
}

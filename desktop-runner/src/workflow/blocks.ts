import type { CustomStepOf, Step } from "@deskhand/shared/schemas/recording-steps";
import { fillStep } from "@deskhand/shared/schemas/template";
import { holdsNow } from "./condition.ts";
import { type Engine, LoopExit, StepFailed, type Surroundings } from "./engine.ts";
import { itemsOf } from "./loop-items.ts";
import { playwrightSelector } from "./selector-engine.ts";
import { StepFailure } from "./step-failure.ts";
import { findPlace, placeSelectors } from "./step-scope.ts";
import { asStepFailed, canBeTriedAgain, pause } from "./tries.ts";

type Block = CustomStepOf<"deskhand.if" | "deskhand.loop" | "deskhand.retry">;
/** Carries out a list; handed in, since lists hold blocks and blocks lists. */
type RunSteps = (engine: Engine, steps: readonly Step[], around: Surroundings) => Promise<void>;

const defaultTurns = 1000;

export function isBlock(step: Step): step is Block {
  return step.type === "customStep" && (step.name === "deskhand.if" || step.name === "deskhand.loop" || step.name === "deskhand.retry");
}

/** @throws StepFailed, LoopExit, StepFailure */
export async function runBlock(engine: Engine, step: Block, index: number, around: Surroundings, run: RunSteps): Promise<void> {
  switch (step.name) {
    case "deskhand.if": {
      const met = await isMet(engine, step, around, (filled) => filled.parameters.condition);
      return run(engine, met ? step.parameters.steps : (step.parameters.else ?? []), around);
    }
    case "deskhand.loop":
      return runLoop(engine, step, index, around, run);
    case "deskhand.retry":
      return retry(engine, step, index, around, run);
  }
}

async function isMet<T extends Block>(
  engine: Engine,
  step: T,
  around: Surroundings,
  conditionOf: (filled: T) => Parameters<typeof holdsNow>[0],
): Promise<boolean> {
  const filled = placeSelectors(fillStep(step, engine.state.values), engine.state.elements) as T;
  const deadline = Math.min(around.deadline, Date.now() + engine.stepTimeoutMs);
  const { frame } = await findPlace(engine.context, engine.page, step, deadline);
  return engine.halt.race(holdsNow(conditionOf(filled), { frame, values: engine.state.values }, deadline));
}

async function retry(
  engine: Engine,
  step: CustomStepOf<"deskhand.retry">,
  index: number,
  around: Surroundings,
  run: RunSteps,
): Promise<void> {
  const { attempts, backoffMs = 500, factor = 2, steps, fallback } = step.parameters;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(engine, steps, { ...around, isTried: true });
    } catch (error) {
      if (error instanceof LoopExit) throw error;
      const failed = await asStepFailed(engine, error, step, index);
      if (!canBeTriedAgain(failed)) throw failed;
      const { code, message } = failed.failure;
      engine.observer.warn(index, `Attempt ${attempt} of ${attempts} failed at step ${engine.nameOf(failed.index)} (${code}): ${message}`);
      if (attempt < attempts) await pause(engine, Math.min(backoffMs * factor ** (attempt - 1), 600_000), around.deadline);
      else if (fallback?.length) return run(engine, fallback, around);
      else throw failed;
    }
  }
}

type Turns = { next(turn: number): Promise<{ item: unknown } | undefined>; isEndless: boolean };

async function runLoop(
  engine: Engine,
  step: CustomStepOf<"deskhand.loop">,
  index: number,
  around: Surroundings,
  run: RunSteps,
): Promise<void> {
  const { as = "item", maxIterations = defaultTurns, steps } = step.parameters;
  const { values, elements } = engine.state;
  const turns = await turnsOf(engine, step, as, around);
  try {
    for (let turn = 0; ; turn++) {
      const next = await turns.next(turn);
      if (!next) return;
      if (turn >= maxIterations) {
        if (turns.isEndless) throw new StepFailure("LOOP_LIMIT", { reason: `${maxIterations} turns` });
        return engine.observer.warn(
          index,
          `The loop ended after ${maxIterations} turns, which is the most that it may have; there was more.`,
        );
      }
      if (Date.now() > around.deadline) throw new StepFailure("STEP_TIMEOUT");
      values[as] = next.item;
      try {
        await run(engine, steps, around);
      } catch (error) {
        if (!(error instanceof LoopExit)) throw inTurn(error, turn, index, engine);
        if (error.kind === "leave-loop") return;
      }
      // a loop whose turns do nothing must not keep everything else from its turn
      if (turn % 100 === 99) await pause(engine, 0, Number.POSITIVE_INFINITY);
    }
  } finally {
    delete values[as];
    elements.delete(as);
  }
}

async function turnsOf(engine: Engine, step: CustomStepOf<"deskhand.loop">, as: string, around: Surroundings): Promise<Turns> {
  const { values, elements } = engine.state;
  const filled = placeSelectors(fillStep(step, values), elements) as typeof step;
  const { over } = filled.parameters;
  switch (over.kind) {
    case "times":
    case "data": {
      const items = itemsOf(over, values);
      return { isEndless: false, next: async (turn) => (turn < items.length ? { item: items.at(turn) } : undefined) };
    }
    case "while": {
      const next = async (turn: number) => {
        const met = await isMet(engine, step, around, ({ parameters }) => {
          if (parameters.over.kind !== "while") throw new StepFailure("INTERNAL");
          return parameters.over.condition;
        });
        return met ? { item: turn + 1 } : undefined;
      };
      return { isEndless: true, next };
    }
    case "elements": {
      const next = async (turn: number) => {
        const { frame } = await findPlace(engine.context, engine.page, step, Date.now() + engine.stepTimeoutMs);
        const all = frame.locator(playwrightSelector(over.selectors, true));
        const text = await engine.halt.race(
          all.evaluateAll((found, at) => {
            const element = found[at];
            return element ? ((element as HTMLElement).innerText ?? element.textContent ?? "").trim().slice(0, 10_000) : null;
          }, turn),
        );
        if (text === null) return undefined;
        elements.set(as, { selectors: over.selectors, index: turn });
        return { item: { index: turn + 1, text } };
      };
      return { isEndless: false, next };
    }
  }
}

function inTurn(error: unknown, turn: number, index: number, engine: Engine): unknown {
  if (error instanceof StepFailed) engine.observer.warn(index, `It was the loop's turn ${turn + 1}.`);
  return error;
}

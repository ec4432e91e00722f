import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { childLists } from "@deskhand/shared/schemas/walk-steps";
import type { Page } from "playwright-core";
import { isBlock, runBlock } from "./blocks.ts";
import { carryOut, dialogRule, ownDeadline } from "./carry-out.ts";
import { type Engine, LoopExit, type StepFailed, type Surroundings } from "./engine.ts";
import { inOwnHands, whenFree } from "./own-hands.ts";
import { asStepFailed, canBeTriedAgain, pause } from "./tries.ts";

/** Carries out steps one after another. @throws StepFailed, LoopExit */
export async function runSteps(engine: Engine, steps: readonly Step[], around: Surroundings): Promise<void> {
  for (const step of steps) await runStep(engine, step, around);
}

async function runStep(engine: Engine, step: Step, around: Surroundings): Promise<void> {
  const index = engine.indexOf(step);
  if (step.deskhand?.disabled) return passOver(engine, step);
  for (;;) {
    await whenFree(engine, index);
    await engine.gate?.before(index);
    const failed = await runOnce(engine, step, index, around);
    if (!failed) return;
    // whoever tries it changes it, or the page, and has it done again
    if (!engine.gate || around.isTried || !canBeTriedAgain(failed)) throw failed;
    engine.gate.failed();
  }
}

/** @returns why it failed, when that is not to be passed over */
async function runOnce(engine: Engine, step: Step, index: number, around: Surroundings): Promise<StepFailed | undefined> {
  engine.reporter.started(index);
  const began = performance.now();
  const place = { page: engine.page };
  const durationMs = () => Math.round(performance.now() - began);
  try {
    await tryRepeatedly(engine, step, index, around, place);
    engine.reporter.finished(index, { status: "succeeded", durationMs: durationMs() }, place.page);
    return undefined;
  } catch (error) {
    if (error instanceof LoopExit) {
      engine.reporter.finished(index, { status: "succeeded", durationMs: durationMs() }, place.page);
      throw error;
    }
    const failed = await asStepFailed(engine, error, step, index);
    const { code, message, search, mayGoOn } = failed.failure;
    if (search && failed.index === index) await engine.services.onNotFound?.(index, search);
    engine.reporter.finished(index, { status: "failed", durationMs: durationMs(), code, message }, place.page);
    const then = step.deskhand?.onError ?? (mayGoOn && failed.index === index ? "continue" : "fail");
    if (then === "fail" || !canBeTriedAgain(failed)) return failed;
    engine.observer.warn(index, `The step failed (${code}), and the run goes on: ${message}`);
    if (then !== "continue") throw new LoopExit(then);
    return undefined;
  }
}

async function tryRepeatedly(engine: Engine, step: Step, index: number, around: Surroundings, place: { page: Page }): Promise<void> {
  const { retries = 0, backoffMs = 500 } = step.deskhand ?? {};
  for (let attempt = 0; ; attempt++) {
    try {
      const inside = { ...around, deadline: ownDeadline(step, around), dialogs: dialogRule(step, engine, around) };
      if (isBlock(step)) await runBlock(engine, step, index, inside, runSteps);
      else await inOwnHands(engine, index, place, () => carryOut(engine, step, index, around, place));
      return;
    } catch (error) {
      if (error instanceof LoopExit || attempt >= retries) throw error;
      const failed = await asStepFailed(engine, error, step, index);
      if (!canBeTriedAgain(failed)) throw failed;
      engine.observer.warn(index, `Try ${attempt + 1} of ${retries + 1} failed (${failed.failure.code}): ${failed.failure.message}`);
      await pause(engine, Math.min(backoffMs * 2 ** attempt, 600_000), around.deadline);
    }
  }
}

function passOver(engine: Engine, step: Step): void {
  engine.reporter.finished(engine.indexOf(step), { status: "skipped", durationMs: 0 }, engine.page);
  for (const { steps } of childLists(step)) for (const inside of steps) passOver(engine, inside);
}

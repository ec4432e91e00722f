import { personRule } from "@deskhand/shared/schemas/recording-person";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { fillStep, fillTemplate } from "@deskhand/shared/schemas/template";
import type { Page } from "playwright-core";
import { comesToHold } from "./condition.ts";
import { customStep } from "./custom-steps.ts";
import type { Engine, Surroundings } from "./engine.ts";
import { change, pressKey } from "./input-steps.ts";
import { emulateNetwork, navigate, scroll, setViewport } from "./page-steps.ts";
import { click, hover } from "./pointer-steps.ts";
import type { DialogRule } from "./run-services.ts";
import { StepFailure } from "./step-failure.ts";
import { findPlace, placeSelectors, type StepScope } from "./step-scope.ts";
import { waitForElement, waitForExpression, withAssertedEvents } from "./wait-steps.ts";

/** Opening an address, and what goes over the network, has longer, as in Puppeteer's replay, unless the step itself says otherwise. */
const networkTimeoutMs = 30_000;
const codeTimeoutMs = 120_000;
/** A step that ignores its own deadline (a page that blocks its thread) is given up this much later. */
const graceMs = 2000;

type Timing = Pick<Engine, "recording" | "stepTimeoutMs" | "person">;

/** Milliseconds that one try of a step may take; for a wait, with the wait itself. */
export function timeoutOf(step: Step, { recording, stepTimeoutMs, person }: Timing): number {
  const general = recording.timeout ?? stepTimeoutMs;
  const own = step.deskhand?.timeoutMs ?? step.timeout;
  if (step.type === "navigate") return own ?? Math.max(general, networkTimeoutMs);
  if (step.type !== "customStep") return own ?? general;
  switch (step.name) {
    case "deskhand.http":
    case "deskhand.download":
      return own ?? Math.max(general, networkTimeoutMs);
    case "deskhand.code":
      return own ?? Math.max(general, codeTimeoutMs);
    case "deskhand.wait":
      return step.parameters.for === "time" ? Math.max(own ?? 0, step.parameters.ms + graceMs) : (own ?? general);
    case "deskhand.human":
      return personRule(step.parameters, person).timeoutMs + graceMs;
    default:
      return own ?? general;
  }
}

/** Carries out one step that holds no others, once. `place` tells the page that it worked on. @throws whatever goes wrong */
export async function carryOut(engine: Engine, step: Step, index: number, around: Surroundings, place: { page: Page }): Promise<void> {
  const filled = placeSelectors(fillStep(step, engine.state.values), engine.state.elements);
  const { dialogs } = engine.services;
  const rule = dialogRule(step, engine, around);
  dialogs?.begin(rule);
  try {
    await engine.halt.race(runWithDeadline(filled, engine, index, { ...around, dialogs: rule }, place));
  } finally {
    dialogs?.end();
  }
}

async function runWithDeadline(step: Step, engine: Engine, index: number, around: Surroundings, place: { page: Page }): Promise<void> {
  const now = Date.now();
  const timeoutMs = Math.max(1, Math.min(timeoutOf(step, engine), around.deadline - now));
  const deadline = now + timeoutMs;
  const over = new AbortController();
  const work = async () => {
    const found = await findPlace(engine.context, engine.page, step, deadline);
    place.page = found.page;
    const { context, page: mainPage, device, way, data, state, services, person, observer } = engine;
    const scope: StepScope = {
      ...{ context, mainPage, device, way, data, state, services, person, timeoutMs, deadline, index },
      ...found,
      signal: AbortSignal.any([over.signal, engine.signal]),
      runWorkflow: (inner) => engine.runWorkflow(engine, inner, index, { deadline: ownDeadline(step, around), dialogs: around.dialogs }),
      warn: (message) => observer.warn(index, message),
      takeScreenshot: (page, name, fullPage) => observer.takeScreenshot(index, page, name, fullPage),
    };
    await withAssertedEvents(step, scope, () => dispatch(step, scope));
    const { expect } = step.deskhand ?? {};
    if (!expect) return;
    const where = { frame: scope.frame.isDetached() ? scope.page.mainFrame() : scope.frame, values: state.values };
    if (!(await comesToHold(expect, where, deadline))) {
      throw new StepFailure("ASSERTION_FAILED", { reason: "what is expected after the step did not come true" });
    }
  };
  if (hasNoDeadline(step)) return work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StepFailure("STEP_TIMEOUT", { seconds: timeoutMs / 1000 })), timeoutMs + graceMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/** Of a step that holds others: its own time, or that of the blocks around it; ms since the epoch. */
export function ownDeadline(step: Step, around: Surroundings): number {
  const { timeoutMs = Number.POSITIVE_INFINITY } = step.deskhand ?? {};
  return Math.min(around.deadline, Date.now() + timeoutMs);
}

/** How dialogs are answered during a step, and during those inside of it that do not say so themselves; undefined: as usual. */
export function dialogRule({ deskhand = {} }: Step, { state }: Pick<Engine, "state">, around: Surroundings): DialogRule | undefined {
  const { dialog, dialogText } = deskhand;
  if (dialog === undefined && dialogText === undefined) return around.dialogs;
  return { accept: dialog !== "dismiss", ...(dialogText !== undefined && { text: fillTemplate(dialogText, state.values) }) };
}

/** Reading page after page of a table, each with the step's timeout, has none as a whole but the run's; nor has another workflow. */
function hasNoDeadline(step: Step): boolean {
  if (step.type !== "customStep") return false;
  // a person who has come is given the time that they need
  if (step.name === "deskhand.human") return true;
  return step.name === "deskhand.workflow" || (step.name === "deskhand.extract" && step.parameters.kind === "table");
}

async function dispatch(step: Step, scope: StepScope): Promise<void> {
  switch (step.type) {
    case "setViewport":
      return setViewport(step, scope);
    case "navigate":
      return navigate(step, scope);
    case "click":
    case "doubleClick":
      return click(step, scope);
    case "change":
      return change(step, scope);
    case "hover":
      return hover(step, scope);
    case "keyDown":
    case "keyUp":
      return pressKey(step, scope);
    case "scroll":
      return scroll(step, scope);
    case "waitForElement":
      return waitForElement(step, scope);
    case "waitForExpression":
      return waitForExpression(step, scope);
    case "emulateNetworkConditions":
      return emulateNetwork(step, scope);
    case "close":
      return scope.page.close();
    case "customStep":
      return customStep(step, scope);
  }
}

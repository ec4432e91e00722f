import type { StepOf } from "@deskhand/shared/schemas/recording-steps";
import type { Locator } from "playwright-core";
import { findElement, notFound } from "./find-element.ts";
import { isTimeout, messageOf, StepFailure } from "./step-failure.ts";
import { remaining, type StepScope } from "./step-scope.ts";

type WithSelectors = StepOf<"click" | "doubleClick" | "hover" | "change" | "waitForElement">;

/** Runs an action on the element that a step names, and tells "not there" from "there but not usable" when it fails. */
export async function onElement<T>(
  scope: StepScope,
  selectors: WithSelectors["selectors"],
  act: (locator: Locator) => Promise<T>,
): Promise<T> {
  const locator = await findElement(selectors, scope);
  try {
    return await act(locator);
  } catch (error) {
    throw isTimeout(error) ? await notFound(selectors, scope) : error;
  }
}

export async function click(step: StepOf<"click" | "doubleClick">, scope: StepScope): Promise<void> {
  await onElement(scope, step.selectors, async (locator) => {
    const position = await offsetWithin(locator, step, scope);
    const options = { timeout: remaining(scope), ...(position && { position }), ...(step.duration && { delay: step.duration }) };
    if (step.deviceType === "touch") return tap(locator, step, scope, position);
    if (step.button === "back" || step.button === "forward") return sideButton(locator, step, scope, position);
    const button = step.button === "secondary" ? "right" : step.button === "auxiliary" ? "middle" : "left";
    if (step.type === "doubleClick") await locator.dblclick({ ...options, button });
    else await locator.click({ ...options, button });
  });
}

export async function hover(step: StepOf<"hover">, scope: StepScope): Promise<void> {
  await onElement(scope, step.selectors, (locator) => locator.hover({ timeout: remaining(scope) }));
}

export type Point = { x: number; y: number };
type Offset = { offsetX: number; offsetY: number };

/**
 * The recorded offset, or undefined (the middle) when the element is smaller today than it was when it was recorded.
 * The Recorder measures from the element's border, Playwright from inside of it.
 */
export async function offsetWithin(locator: Locator, step: Offset, scope: StepScope): Promise<Point | undefined> {
  const measure = (element: Element) => {
    const { width, height } = element.getBoundingClientRect();
    return { width, height, left: element.clientLeft, top: element.clientTop };
  };
  const box = await locator.evaluate(measure, undefined, { timeout: remaining(scope) });
  const fits = step.offsetX >= 0 && step.offsetY >= 0 && step.offsetX < box.width && step.offsetY < box.height;
  return fits ? { x: step.offsetX - box.left, y: step.offsetY - box.top } : undefined;
}

/** Waits until a click would hit the element, then tells where, in the page's coordinates. */
export async function aim(locator: Locator, scope: StepScope, position: Point | undefined): Promise<Point> {
  await locator.click({ trial: true, timeout: remaining(scope), ...(position && { position }) });
  const box = await locator.boundingBox({ timeout: remaining(scope) });
  if (!box) throw new StepFailure("ELEMENT_NOT_READY", {});
  const border = await locator.evaluate((element) => ({ x: element.clientLeft, y: element.clientTop }));
  return {
    x: box.x + (position ? position.x + border.x : box.width / 2),
    y: box.y + (position ? position.y + border.y : box.height / 2),
  };
}

async function tap(locator: Locator, step: StepOf<"click" | "doubleClick">, scope: StepScope, position: Point | undefined): Promise<void> {
  const point = await aim(locator, scope, position);
  const session = await scope.context.newCDPSession(scope.page);
  try {
    for (let count = step.type === "doubleClick" ? 2 : 1; count > 0; count--) {
      await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
      await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    }
  } finally {
    await session.detach().catch(() => {});
  }
}

/** Playwright has no names for the thumb buttons, the DevTools protocol has. */
async function sideButton(
  locator: Locator,
  step: StepOf<"click" | "doubleClick">,
  scope: StepScope,
  position: Point | undefined,
): Promise<void> {
  const point = await aim(locator, scope, position);
  const button = step.button === "back" ? "back" : "forward";
  const session = await scope.context.newCDPSession(scope.page);
  try {
    for (let clickCount = 1; clickCount <= (step.type === "doubleClick" ? 2 : 1); clickCount++) {
      await session.send("Input.dispatchMouseEvent", { type: "mousePressed", button, clickCount, ...point });
      await session.send("Input.dispatchMouseEvent", { type: "mouseReleased", button, clickCount, ...point });
    }
  } catch (error) {
    // the button itself may take the page to another process, which ends the session
    if (!/closed|detached/i.test(messageOf(error))) throw error;
  } finally {
    await session.detach().catch(() => {});
  }
}

import { setTimeout as delay } from "node:timers/promises";
import { describeSelectors } from "@deskhand/shared/schemas/label-words";
import type { CustomStepOf, Step, StepOf } from "@deskhand/shared/schemas/recording-steps";
import type { Frame } from "playwright-core";
import { comesToHold } from "./condition.ts";
import { notFound } from "./find-element.ts";
import { pollUntil } from "./polling.ts";
import { playwrightSelector } from "./selector-engine.ts";
import { isTimeout, messageOf, StepFailure } from "./step-failure.ts";
import { remaining, type StepScope } from "./step-scope.ts";

/**
 * Waits until the number of matches of the first alternative that matches compares as asked, and all of them have the given
 * attributes and properties; `visible: false` turns the whole condition round. As in Puppeteer's replay, ">= 1" when unsaid.
 */
export async function waitForElement(step: StepOf<"waitForElement">, scope: StepScope): Promise<void> {
  const locator = scope.frame.locator(playwrightSelector(step.selectors, true));
  const condition = {
    operator: step.operator ?? ">=",
    count: step.count ?? 1,
    attributes: step.attributes as Record<string, string> | undefined,
    properties: step.properties as Record<string, unknown> | undefined,
  };
  const wanted = step.visible ?? true;
  const met = await pollUntil(scope.deadline, async () => {
    const holds = await locator.evaluateAll((elements, { operator, count, attributes, properties }) => {
      const size = elements.length;
      if (!(operator === "==" ? size === count : operator === "<=" ? size <= count : size >= count)) return false;
      const matches = (expected: unknown, actual: unknown): boolean => {
        if (expected === actual) return true;
        if (typeof expected !== "object" || typeof actual !== "object" || expected === null || actual === null) return false;
        return Object.entries(expected).every(([key, value]) => matches(value, (actual as Record<string, unknown>)[key]));
      };
      return elements.every(
        (element) =>
          Object.entries(attributes ?? {}).every(([name, value]) => element.getAttribute(name) === value) &&
          matches(properties ?? {}, element),
      );
    }, condition);
    return holds === wanted ? true : undefined;
  });
  if (met) return;
  const params = { selector: describeSelectors(step.selectors), seconds: scope.timeoutMs / 1000 };
  const failure = wanted ? await notFound(step.selectors, scope) : undefined;
  throw failure?.code === "SELECTOR_NOT_FOUND" ? failure : new StepFailure("SELECTOR_NOT_FOUND", params);
}

export async function waitFor(parameters: CustomStepOf<"deskhand.wait">["parameters"], scope: StepScope): Promise<void> {
  switch (parameters.for) {
    case "time":
      return delay(parameters.ms, undefined, { signal: scope.signal });
    case "expression":
      return waitForExpression(parameters, scope);
    case "condition":
      if (await comesToHold(parameters.condition, { frame: scope.frame, values: scope.state.values }, scope.deadline)) return;
      throw new StepFailure("CONDITION_NOT_MET", { seconds: scope.timeoutMs / 1000 });
  }
}

export async function waitForExpression({ expression }: { expression: string }, scope: StepScope): Promise<void> {
  try {
    await scope.frame.waitForFunction(expression, undefined, { timeout: remaining(scope) });
  } catch (error) {
    if (isTimeout(error) || !/closed|crashed|detached/i.test(messageOf(error))) throw new StepFailure("EXPRESSION_FAILED");
    throw error;
  }
}

/**
 * Carries out an action, then waits for the navigation that the recording says it causes. The address and title are told in
 * the log when they differ, but do not fail the step: they often hold ids that change from run to run.
 */
export async function withAssertedEvents(step: Step, scope: StepScope, act: () => Promise<void>): Promise<void> {
  const expected = step.assertedEvents?.at(-1);
  if (!expected || step.type === "close") return act();
  const navigation = watchNavigation(scope.frame);
  try {
    await act();
    // opening an address waits for its own navigation
    if (step.type !== "navigate" && !(await navigation.seen(remaining(scope)))) {
      throw new StepFailure("NAVIGATION_FAILED", { reason: `the step did not lead to another page within ${scope.timeoutMs / 1000} s` });
    }
  } finally {
    navigation.stop();
  }
  if (scope.page.isClosed() || scope.frame.isDetached()) return;
  if (scope.frame.url().startsWith("chrome-error:")) throw new StepFailure("NAVIGATION_FAILED");
  if (step.type !== "navigate") await scope.frame.waitForLoadState("load", { timeout: remaining(scope) });
  if (expected.url && expected.url !== scope.frame.url()) scope.warn("The page's address is not the one that was recorded.");
  if (expected.title && expected.title !== (await scope.frame.title().catch(() => expected.title))) {
    scope.warn("The page's title is not the one that was recorded.");
  }
}

function watchNavigation(frame: Frame): { seen(timeoutMs: number): Promise<boolean>; stop(): void } {
  const page = frame.page();
  let done = false;
  let wake = (_: boolean) => {};
  const finish = () => {
    done = true;
    wake(true);
  };
  const onNavigated = (navigated: Frame) => {
    if (navigated === frame) finish();
  };
  page.on("framenavigated", onNavigated);
  page.on("framedetached", onNavigated);
  page.on("close", finish);
  return {
    seen: (timeoutMs) =>
      new Promise((resolve) => {
        if (done) return resolve(true);
        const timer = setTimeout(resolve, timeoutMs, false);
        wake = (value) => {
          clearTimeout(timer);
          resolve(value);
        };
      }),
    stop: () => {
      wake(false);
      page.off("framenavigated", onNavigated);
      page.off("framedetached", onNavigated);
      page.off("close", finish);
    },
  };
}

import type { Values } from "@deskhand/shared/schemas/recording-variables";
import { readReference, valueText } from "@deskhand/shared/schemas/recording-variables";
import type { Condition } from "@deskhand/shared/schemas/step-parts";
import type { Frame } from "playwright-core";
import { pollUntil } from "./polling.ts";
import { playwrightSelector } from "./selector-engine.ts";
import { StepFailure } from "./step-failure.ts";

type Where = { frame: Frame; values: Readonly<Values> };
type TextOperator = "equals" | "contains" | "matches";

/** Whether a condition, whose templates are filled in, holds at this moment. */
export async function holds(condition: Condition, where: Where): Promise<boolean> {
  switch (condition.kind) {
    case "element":
      return (await isVisible(condition.selectors, where.frame)) === (condition.state === "visible");
    case "text": {
      const text = await textOf(condition.selectors, where.frame);
      return text !== undefined && compareText(condition.operator, text, condition.value, where.frame);
    }
    case "url":
      return compareText(condition.operator, where.frame.url(), condition.value, where.frame);
    case "variable":
      return compareValue(condition, where);
    case "all":
      for (const one of condition.conditions) if (!(await holds(one, where))) return false;
      return true;
    case "any":
      for (const one of condition.conditions) if (await holds(one, where)) return true;
      return false;
    case "not":
      return !(await holds(condition.condition, where));
  }
}

/** Whether it comes to hold before the deadline (ms since the epoch); a page that navigates away under the look is looked at again. */
export async function comesToHold(condition: Condition, where: Where, deadline: number): Promise<boolean> {
  return (await pollUntil(deadline, async () => ((await holds(condition, where)) ? true : undefined))) ?? false;
}

/** Whether it holds now, on a page that may be on its way to another. */
export async function holdsNow(condition: Condition, where: Where, deadline: number): Promise<boolean> {
  return (await pollUntil(deadline, () => holds(condition, where))) ?? false;
}

async function compareValue(condition: Extract<Condition, { kind: "variable" }>, { frame, values }: Where): Promise<boolean> {
  const value = readReference(values, condition.name);
  const { operator, value: expected = "" } = condition;
  switch (operator) {
    case "empty":
      return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
    case "greater":
    case "less": {
      const [a, b] = [Number(value), Number(expected)];
      return operator === "greater" ? a > b : a < b;
    }
    case "contains":
      if (Array.isArray(value)) return value.some((one) => valueText(one) === String(expected));
      return compareText(operator, valueText(value), String(expected), frame);
    default:
      return compareText(operator, valueText(value), String(expected), frame);
  }
}

export async function compareText(operator: TextOperator, text: string, expected: string, frame: Frame): Promise<boolean> {
  if (operator !== "matches") return operator === "equals" ? text === expected : text.includes(expected);
  checkPattern(expected);
  // in the page, where a pattern that takes for ever holds up nobody else
  return frame.evaluate(([pattern, given]) => new RegExp(pattern ?? "").test(given ?? ""), [expected, text]);
}

export function checkPattern(pattern: string): void {
  try {
    new RegExp(pattern);
  } catch {
    throw new StepFailure("STEP_INVALID", { reason: "its pattern is not a regular expression" });
  }
}

async function isVisible(selectors: Parameters<typeof playwrightSelector>[0], frame: Frame): Promise<boolean> {
  return frame.locator(playwrightSelector(selectors, true)).evaluateAll((elements) =>
    elements.some((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
    }),
  );
}

async function textOf(selectors: Parameters<typeof playwrightSelector>[0], frame: Frame): Promise<string | undefined> {
  const texts = await frame.locator(playwrightSelector(selectors)).evaluateAll((elements) =>
    elements.map((element) => {
      const raw = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : null;
      return (raw ?? (element as HTMLElement).innerText ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
    }),
  );
  return texts[0];
}

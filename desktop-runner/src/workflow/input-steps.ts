import type { StepOf } from "@deskhand/shared/schemas/recording-steps";
import type { Locator } from "playwright-core";
import { onElement } from "./pointer-steps.ts";
import { messageOf, StepFailure } from "./step-failure.ts";
import { remaining, type StepScope } from "./step-scope.ts";

/** Sets a field to the recorded value, whatever kind of field it is. */
export async function change(step: StepOf<"change">, scope: StepScope): Promise<void> {
  await onElement(scope, step.selectors, async (locator) => {
    try {
      await locator.fill(step.value, { timeout: remaining(scope) });
    } catch (error) {
      if (!/cannot be filled|Element is not an|Malformed value|Cannot type text/i.test(messageOf(error))) throw error;
      await changeOther(locator, step.value, scope);
    }
  });
}

/** Fields that cannot be typed into: lists, boxes to tick, and whatever else has a value. */
async function changeOther(locator: Locator, value: string, scope: StepScope): Promise<void> {
  const kind = await locator.evaluate(
    (element) => (element instanceof HTMLSelectElement ? "select" : element instanceof HTMLInputElement ? element.type : "other"),
    undefined,
    { timeout: remaining(scope) },
  );
  const timeout = remaining(scope);
  if (kind === "select") await locator.selectOption(value, { timeout });
  else if (kind === "file") throw new StepFailure("STEP_INVALID", { reason: "files are chosen by a deskhand.upload step" });
  else if ((kind === "checkbox" || kind === "radio") && /^(true|on|false|off)$/.test(value)) {
    await locator.setChecked(value === "true" || value === "on", { timeout });
  } else {
    await locator.evaluate(
      (element, text) => {
        (element as HTMLElement).focus();
        (element as HTMLInputElement).value = text;
        element.dispatchEvent(new Event("input", { bubbles: true }));
        element.dispatchEvent(new Event("change", { bubbles: true }));
      },
      value,
      { timeout },
    );
  }
}

/** Names that Chrome records and Playwright knows by another one. */
const keyNames: Record<string, string> = { " ": "Space", "\r": "Enter", "\n": "Enter" };

export async function pressKey(step: StepOf<"keyDown" | "keyUp">, scope: StepScope): Promise<void> {
  const key = keyNames[step.key] ?? step.key;
  const { keyboard } = scope.page;
  try {
    await (step.type === "keyDown" ? keyboard.down(key) : keyboard.up(key));
  } catch (error) {
    if (!/Unknown key/i.test(messageOf(error))) throw error;
    if ([...key].length === 1) {
      if (step.type === "keyDown") await keyboard.insertText(key);
    } else {
      await rareKey(step, scope);
    }
  }
}

/** Keys such as "Power" or "Camera", which no keyboard layout of Playwright's has. */
async function rareKey(step: StepOf<"keyDown" | "keyUp">, scope: StepScope): Promise<void> {
  if (!/^[A-Z][A-Za-z0-9]{1,30}$/.test(step.key)) throw new StepFailure("STEP_INVALID", { reason: "it names a key that does not exist" });
  const session = await scope.context.newCDPSession(scope.page);
  try {
    await session.send("Input.dispatchKeyEvent", { type: step.type === "keyDown" ? "rawKeyDown" : "keyUp", key: step.key, code: step.key });
  } finally {
    await session.detach().catch(() => {});
  }
}

import type { AssertParameters, ExtractParameters, Selectors, StepOf } from "@deskhand/shared/schemas/recording-steps";
import { describeSelectors } from "@deskhand/shared/schemas/step-label";
import { pollUntil } from "./polling.ts";
import { playwrightSelector } from "./selector-engine.ts";
import { StepFailure } from "./step-failure.ts";
import type { StepScope } from "./step-scope.ts";
import { extractTable } from "./table-extraction.ts";

export async function customStep(step: StepOf<"customStep">, scope: StepScope): Promise<void> {
  switch (step.name) {
    case "deskhand.extract":
      scope.data[step.parameters.key] = await extract(step.parameters, scope);
      return;
    case "deskhand.screenshot":
      return scope.takeScreenshot(scope.page, step.parameters.name, step.parameters.fullPage ?? false);
    case "deskhand.assert":
      return assertStep(step.parameters, scope);
  }
}

async function extract(parameters: ExtractParameters, scope: StepScope): Promise<unknown> {
  if (parameters.kind === "table") return extractTable(parameters, scope);
  const attribute = parameters.kind === "attribute" ? parameters.attribute : null;
  const locator = scope.frame.locator(playwrightSelector(parameters.selectors, parameters.all === true));
  const values = await pollUntil(scope.deadline, async () => {
    const found = await locator.evaluateAll(
      (elements, name) =>
        elements.map((element) => {
          if (name !== null) return element.getAttribute(name);
          if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return element.value;
          return ((element as HTMLElement).innerText ?? element.textContent ?? "").trim();
        }),
      attribute,
    );
    return found.length > 0 ? found : undefined;
  });
  if (!values) throw notFound(parameters.selectors, scope);
  return parameters.all ? values : (values[0] ?? null);
}

async function assertStep(parameters: AssertParameters, scope: StepScope): Promise<void> {
  if ("operator" in parameters && parameters.operator === "matches") checkPattern(parameters.value);
  const held = await pollUntil(scope.deadline, async () => ((await holds(parameters, scope)) ? true : undefined));
  if (!held) throw new StepFailure("ASSERTION_FAILED", { reason: describeAssertion(parameters) });
}

async function holds(parameters: AssertParameters, scope: StepScope): Promise<boolean> {
  if (parameters.check === "url") {
    const { operator, value } = parameters;
    const url = scope.frame.url();
    if (operator !== "matches") return operator === "equals" ? url === value : url.includes(value);
    // in the page, where a pattern that takes for ever holds up nobody else
    return scope.frame.evaluate(([pattern, text]) => new RegExp(pattern ?? "").test(text ?? ""), [value, url]);
  }
  const locator = scope.frame.locator(playwrightSelector(parameters.selectors, true));
  if (parameters.check === "count") {
    const count = await locator.count();
    if (parameters.operator === ">=") return count >= parameters.count;
    return parameters.operator === "<=" ? count <= parameters.count : count === parameters.count;
  }
  if (parameters.check === "text") {
    return locator.evaluateAll((elements, { operator, value }) => {
      const element = elements.find((candidate) => candidate.getClientRects().length > 0) ?? elements[0];
      if (!element) return false;
      const raw = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : null;
      const text = (raw ?? (element as HTMLElement).innerText ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
      return operator === "equals" ? text === value : operator === "contains" ? text.includes(value) : new RegExp(value).test(text);
    }, parameters);
  }
  const visible = await locator.evaluateAll((elements) =>
    elements.some((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
    }),
  );
  return visible === (parameters.check === "visible");
}

function checkPattern(pattern: string): void {
  try {
    new RegExp(pattern);
  } catch {
    throw new StepFailure("STEP_INVALID", { reason: "its pattern is not a regular expression" });
  }
}

/** Says what was expected without the value, which may hold an input. */
function describeAssertion(parameters: AssertParameters): string {
  if (parameters.check === "url") return `the address does not have what is expected (${parameters.operator})`;
  const subject = describeSelectors(parameters.selectors);
  if (parameters.check === "count") return `${subject} is not there ${parameters.operator ?? "=="} ${parameters.count} times`;
  if (parameters.check === "text") return `the text of ${subject} is not as expected (${parameters.operator})`;
  return `${subject} is not ${parameters.check}`;
}

function notFound(selectors: Selectors, scope: StepScope): StepFailure {
  return new StepFailure("SELECTOR_NOT_FOUND", { selector: describeSelectors(selectors), seconds: scope.timeoutMs / 1000 });
}

import type { AssertParameters, ExtractParameters, SetParameters } from "@deskhand/shared/schemas/custom-step-parameters";
import { describeSelectors } from "@deskhand/shared/schemas/label-words";
import type { StepOf } from "@deskhand/shared/schemas/recording-steps";
import { addToList } from "./add-to-list.ts";
import { askPerson } from "./ask-person.ts";
import { checkPattern, compareText, holds } from "./condition.ts";
import { drag } from "./drag-step.ts";
import { download, upload } from "./file-steps.ts";
import { notFound } from "./find-element.ts";
import { sendRequest } from "./http-step.ts";
import { pollUntil } from "./polling.ts";
import { runCode, runScript } from "./script-steps.ts";
import { playwrightSelector } from "./selector-engine.ts";
import { StepFailure } from "./step-failure.ts";
import type { StepScope } from "./step-scope.ts";
import { extractTable } from "./table-extraction.ts";
import { waitFor } from "./wait-steps.ts";

export async function customStep(step: StepOf<"customStep">, scope: StepScope): Promise<void> {
  switch (step.name) {
    case "deskhand.extract": {
      const value = await extract(step.parameters, scope);
      const { key, append, into } = step.parameters;
      scope.data[key] = append ? addToList(scope.data[key], value, key) : value;
      return keep(into, value, scope);
    }
    case "deskhand.screenshot":
      return scope.takeScreenshot(scope.page, step.parameters.name, step.parameters.fullPage ?? false);
    case "deskhand.assert":
      return assertStep(step.parameters, scope);
    case "deskhand.wait":
      return waitFor(step.parameters, scope);
    case "deskhand.set":
      return setVariable(step.parameters, scope);
    case "deskhand.script":
      return keep(step.parameters.into, await runScript(step.parameters.code, scope), scope);
    case "deskhand.code":
      return keep(step.parameters.into, await runCode(step.parameters.code, scope), scope);
    case "deskhand.drag":
      return drag(step.parameters, scope);
    case "deskhand.http":
      return keep(step.parameters.into, await sendRequest(step.parameters, scope), scope);
    case "deskhand.upload":
      return upload(step.parameters, scope);
    case "deskhand.download":
      return keep(step.parameters.into, await download(step.parameters, scope), scope);
    case "deskhand.workflow":
      return keep(step.parameters.into, await scope.runWorkflow(step), scope);
    case "deskhand.human":
      return askPerson(step.parameters, scope);
    case "deskhand.ai":
      throw new StepFailure("AI_MISSING");
    case "deskhand.if":
    case "deskhand.loop":
    case "deskhand.retry":
      throw new StepFailure("INTERNAL"); // blocks are carried out step by step
  }
}

function setVariable({ variable, value, append }: SetParameters, { state }: StepScope): void {
  state.set(variable, append ? addToList(state.values[variable], value, variable) : value);
}

function keep(name: string | undefined, value: unknown, scope: StepScope): void {
  if (name !== undefined) scope.state.set(name, value);
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
  if (!values) throw await notFound(parameters.selectors, scope);
  return parameters.all ? values : (values[0] ?? null);
}

async function assertStep(parameters: AssertParameters, scope: StepScope): Promise<void> {
  if ("operator" in parameters && parameters.operator === "matches") checkPattern(parameters.value);
  const held = await pollUntil(scope.deadline, async () => ((await isSo(parameters, scope)) ? true : undefined));
  if (!held) throw new StepFailure("ASSERTION_FAILED", { reason: describeAssertion(parameters) });
}

async function isSo(parameters: AssertParameters, scope: StepScope): Promise<boolean> {
  const where = { frame: scope.frame, values: scope.state.values };
  switch (parameters.check) {
    case "url":
      return compareText(parameters.operator, scope.frame.url(), parameters.value, scope.frame);
    case "text":
      return holds({ kind: "text", ...parameters }, where);
    case "count": {
      const count = await scope.frame.locator(playwrightSelector(parameters.selectors, true)).count();
      if (parameters.operator === ">=") return count >= parameters.count;
      return parameters.operator === "<=" ? count <= parameters.count : count === parameters.count;
    }
    default:
      return holds({ kind: "element", selectors: parameters.selectors, state: parameters.check }, where);
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

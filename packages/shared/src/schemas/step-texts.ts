import type { LoopOver } from "./custom-step-parameters.ts";
import type { Step, StepOf } from "./recording-steps.ts";
import type { Condition, Selectors } from "./step-parts.ts";

/** What is done with each text of a step that may hold a template. */
export type TextVisitor = {
  plain(field: string, text: string): string;
  /** one part of a selector */
  part(field: string, part: string, position: number): string;
  /** JavaScript that the page runs */
  expression(field: string, code: string): string;
  /** a text that may become a value of another kind */
  value(field: string, text: string): unknown;
  /** the name of a value that is read */
  reference(field: string, name: string): void;
};

type CustomStep = StepOf<"customStep">;

/**
 * A copy of the step with each of its texts as the visitor made it. The steps inside of it stay as they are: they get their values when
 * their turn comes. Code for the runner holds no templates: it gets the variables themselves.
 */
export function mapStepTexts(step: Step, visit: TextVisitor): Step {
  const mapped = mapOwnTexts(step, visit);
  if (!mapped.deskhand) return mapped;
  const { expect, dialogText } = mapped.deskhand;
  const settings = {
    ...mapped.deskhand,
    ...(expect && { expect: mapCondition("deskhand.expect", expect, visit) }),
    ...(dialogText !== undefined && { dialogText: visit.plain("deskhand.dialogText", dialogText) }),
  };
  return { ...mapped, deskhand: settings };
}

function mapOwnTexts(step: Step, visit: TextVisitor): Step {
  switch (step.type) {
    case "navigate":
      return { ...step, url: visit.plain("url", step.url) };
    case "change":
      return { ...step, selectors: mapSelectors("selectors", step.selectors, visit), value: visit.plain("value", step.value) };
    case "keyDown":
    case "keyUp":
      return { ...step, key: visit.plain("key", step.key) };
    case "waitForExpression":
      return { ...step, expression: visit.expression("expression", step.expression) };
    case "scroll":
      return step.selectors ? { ...step, selectors: mapSelectors("selectors", step.selectors, visit) } : step;
    case "click":
    case "doubleClick":
    case "hover":
    case "waitForElement":
      return { ...step, selectors: mapSelectors("selectors", step.selectors, visit) };
    case "customStep":
      return { ...step, parameters: mapParameters(step, visit) } as Step;
    default:
      return step;
  }
}

function mapParameters(step: CustomStep, visit: TextVisitor): CustomStep["parameters"] {
  const text = (field: string, value: string) => visit.plain(`parameters.${field}`, value);
  const selectors = (field: string, list: Selectors) => mapSelectors(`parameters.${field}`, list, visit);
  const optional = (field: string, list: Selectors | undefined) => list && selectors(field, list);
  const condition = (value: Condition) => mapCondition("parameters.condition", value, visit);
  switch (step.name) {
    case "deskhand.extract": {
      const { parameters } = step;
      const found = selectors("selectors", parameters.selectors);
      if (parameters.kind !== "table") return { ...parameters, selectors: found };
      const { nextPage, loadMore } = parameters;
      return { ...parameters, selectors: found, nextPage: optional("nextPage", nextPage), loadMore: optional("loadMore", loadMore) };
    }
    case "deskhand.screenshot":
      return { ...step.parameters, name: text("name", step.parameters.name) };
    case "deskhand.assert": {
      const mapped = { ...step.parameters };
      if ("selectors" in mapped) mapped.selectors = selectors("selectors", mapped.selectors);
      if ("value" in mapped) mapped.value = text("value", mapped.value);
      return mapped;
    }
    case "deskhand.if":
      return { ...step.parameters, condition: condition(step.parameters.condition) };
    case "deskhand.loop":
      return { ...step.parameters, over: mapOver(step.parameters.over, visit) };
    case "deskhand.wait": {
      const { parameters } = step;
      if (parameters.for === "condition") return { ...parameters, condition: condition(parameters.condition) };
      if (parameters.for === "time") return parameters;
      return { ...parameters, expression: visit.expression("parameters.expression", parameters.expression) };
    }
    case "deskhand.drag": {
      const { parameters } = step;
      return { ...parameters, selectors: selectors("selectors", parameters.selectors), to: selectors("to", parameters.to) };
    }
    case "deskhand.http": {
      const { url, headers, body } = step.parameters;
      const filled = Object.entries(headers ?? {}).map(([name, value]) => [name, text(`headers.${name}`, value)] as const);
      return {
        ...step.parameters,
        url: text("url", url),
        ...(headers && { headers: Object.fromEntries(filled) }),
        ...(body !== undefined && { body: mapValue("parameters.body", body, visit) as typeof body }),
      };
    }
    case "deskhand.upload": {
      const { file } = step.parameters;
      const of = { ...step.parameters, selectors: selectors("selectors", step.parameters.selectors) };
      if (file.from === "path") return { ...of, file: { ...file, path: text("file.path", file.path) } };
      if (file.from === "download") return { ...of, file: { ...file, name: text("file.name", file.name) } };
      return { ...of, file: { ...file, name: text("file.name", file.name), content: text("file.content", file.content) } };
    }
    case "deskhand.download":
      return { ...step.parameters, selectors: selectors("selectors", step.parameters.selectors), name: text("name", step.parameters.name) };
    case "deskhand.script":
      return { ...step.parameters, code: visit.expression("parameters.code", step.parameters.code) };
    case "deskhand.human":
      return { ...step.parameters, message: text("message", step.parameters.message) };
    case "deskhand.ai":
      return { ...step.parameters, instruction: text("instruction", step.parameters.instruction) };
    case "deskhand.set":
      return { ...step.parameters, value: mapValue("parameters.value", step.parameters.value, visit) as typeof step.parameters.value };
    case "deskhand.workflow": {
      const { inputs } = step.parameters;
      return inputs ? { ...step.parameters, inputs: mapValue("parameters.inputs", inputs, visit) as typeof inputs } : step.parameters;
    }
    case "deskhand.retry":
    case "deskhand.code":
      return step.parameters;
  }
}

function mapOver(over: LoopOver, visit: TextVisitor): LoopOver {
  switch (over.kind) {
    case "times":
      return typeof over.times === "string" ? { ...over, times: visit.plain("parameters.over.times", over.times) } : over;
    case "data":
      if (over.from !== undefined) visit.reference("parameters.over.from", over.from);
      return over;
    case "elements":
      return { ...over, selectors: mapSelectors("parameters.over.selectors", over.selectors, visit) };
    case "while":
      return { ...over, condition: mapCondition("parameters.over.condition", over.condition, visit) };
  }
}

function mapCondition(field: string, condition: Condition, visit: TextVisitor): Condition {
  switch (condition.kind) {
    case "element":
      return { ...condition, selectors: mapSelectors(`${field}.selectors`, condition.selectors, visit) };
    case "text": {
      const selectors = mapSelectors(`${field}.selectors`, condition.selectors, visit);
      return { ...condition, selectors, value: visit.plain(`${field}.value`, condition.value) };
    }
    case "url":
      return { ...condition, value: visit.plain(`${field}.value`, condition.value) };
    case "variable":
      visit.reference(`${field}.name`, condition.name);
      return typeof condition.value === "string" ? { ...condition, value: visit.plain(`${field}.value`, condition.value) } : condition;
    case "all":
    case "any": {
      const inside = condition.conditions.map((one, position) => mapCondition(`${field}.conditions[${position}]`, one, visit));
      return { ...condition, conditions: inside };
    }
    case "not":
      return { ...condition, condition: mapCondition(`${field}.condition`, condition.condition, visit) };
  }
}

function mapSelectors(field: string, selectors: Selectors, visit: TextVisitor): Selectors {
  return selectors.map((selector, index) => {
    const name = `${field}[${index}]`;
    return typeof selector === "string" ? visit.part(name, selector, 0) : selector.map((part, at) => visit.part(name, part, at));
  });
}

function mapValue(field: string, value: unknown, visit: TextVisitor): unknown {
  if (typeof value === "string") return visit.value(field, value);
  if (Array.isArray(value)) return value.map((one, index) => mapValue(`${field}[${index}]`, one, visit));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapValue(`${field}.${key}`, one, visit)]));
}

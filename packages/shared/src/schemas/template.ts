import type { InputValues } from "./recording-inputs.ts";
import type { Selectors, Step } from "./recording-steps.ts";

/** `{{inputs.name}}`; anything that starts like it counts, so that a slip of the pen is told rather than typed into a page. */
const placeholder = /\{\{\s*inputs\.([^{}]*)\}\}/g;

/** The input names a text refers to, as written (trimmed), each once. */
export function templateNames(text: string): string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => (match[1] ?? "").trim()))];
}

/**
 * Puts input values into a text, in one pass: a value that itself looks like a placeholder stays as it is, and nothing is
 * evaluated. A missing optional input becomes the empty string.
 */
export function fillTemplate(text: string, values: Readonly<InputValues>): string {
  if (!text.includes("{{")) return text;
  return text.replace(placeholder, (_, name: string) => {
    const key = name.trim();
    return Object.hasOwn(values, key) ? String(values[key]) : "";
  });
}

/**
 * Turns the placeholders of a JavaScript expression into references to a parameter that gets the values as a JSON literal.
 * A value can so never become code, wherever the placeholder stands (even inside quotes or a comment, where it is inert).
 */
export function fillExpression(expression: string, values: Readonly<InputValues>): string {
  const names = templateNames(expression);
  if (names.length === 0) return expression;
  const used: InputValues = {};
  for (const name of names) if (Object.hasOwn(values, name)) used[name] = values[name] as InputValues[string];
  const body = expression.replace(placeholder, (_, name: string) => `$deskhandInputs.${name.trim()}`);
  // JSON may hold U+2028/9 raw, JavaScript before 2019 may not; the newline ends a trailing line comment
  const literal = JSON.stringify(used).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `(($deskhandInputs) => (${body}\n))(${literal})`;
}

/** True for selector parts that are plain text (an accessible name or a visible text), the only ones a template may fill. */
export function isTextSelector(part: string): boolean {
  return part.startsWith("aria/") || part.startsWith("text/");
}

/** Every text of a step that may hold a template, with its field; `allowed` false where a value would become query syntax. */
export function templatedFields(step: Step): { field: string; text: string; allowed: boolean }[] {
  const fields: { field: string; text: string; allowed: boolean }[] = [];
  const plain = (field: string, text: string | undefined) => {
    if (text !== undefined) fields.push({ field, text, allowed: true });
  };
  const selectors = (field: string, list: Selectors | undefined) => {
    list?.forEach((selector, index) => {
      for (const part of [selector].flat()) fields.push({ field: `${field}[${index}]`, text: part, allowed: isTextSelector(part) });
    });
  };
  if ("selectors" in step) selectors("selectors", step.selectors);
  switch (step.type) {
    case "navigate":
      plain("url", step.url);
      break;
    case "change":
      plain("value", step.value);
      break;
    case "keyDown":
    case "keyUp":
      plain("key", step.key);
      break;
    case "waitForExpression":
      plain("expression", step.expression);
      break;
    case "customStep":
      if ("selectors" in step.parameters) selectors("parameters.selectors", step.parameters.selectors);
      if ("value" in step.parameters) plain("parameters.value", step.parameters.value);
      break;
  }
  return fields;
}

/** A copy of the step with the inputs' values in it; the same object when it holds no template. */
export function fillStep(step: Step, values: Readonly<InputValues>): Step {
  if (!templatedFields(step).some(({ text }) => text.includes("{{"))) return step;
  const filled: Step = structuredClone(step);
  if ("selectors" in filled && filled.selectors) filled.selectors = fillSelectors(filled.selectors, values);
  switch (filled.type) {
    case "navigate":
      filled.url = fillTemplate(filled.url, values);
      break;
    case "change":
      filled.value = fillTemplate(filled.value, values);
      break;
    case "keyDown":
    case "keyUp":
      filled.key = fillTemplate(filled.key, values);
      break;
    case "waitForExpression":
      filled.expression = fillExpression(filled.expression, values);
      break;
    case "customStep":
      if ("selectors" in filled.parameters) filled.parameters.selectors = fillSelectors(filled.parameters.selectors, values);
      if ("value" in filled.parameters) filled.parameters.value = fillTemplate(filled.parameters.value, values);
      break;
  }
  return filled;
}

function fillSelectors(selectors: Selectors, values: Readonly<InputValues>): Selectors {
  const fillPart = (part: string) => (isTextSelector(part) ? fillTemplate(part, values) : part);
  return selectors.map((selector) => (typeof selector === "string" ? fillPart(selector) : selector.map(fillPart)));
}

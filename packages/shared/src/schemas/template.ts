import type { Step } from "./recording-steps.ts";
import { readReference, type Values, valueText } from "./recording-variables.ts";
import { mapStepTexts } from "./step-texts.ts";

/**
 * `{{name}}`, `{{row.column}}` and `{{inputs.name}}`, the longer way to write an input. Whatever stands between the braces counts when it
 * begins like a name, so that a slip of the pen is told rather than typed into a page. A backslash before it makes it plain text.
 */
const placeholder = /(\\?)\{\{\s*([A-Za-z][^{}]*?)\s*\}\}/g;

/** What a text refers to, as written but for `inputs.`, each once. */
export function templateNames(text: string): string[] {
  if (!text.includes("{{")) return [];
  const found = [...text.matchAll(placeholder)].filter((match) => match[1] === "");
  return [...new Set(found.map((match) => nameIn(match[2] ?? "")))];
}

/**
 * Puts values into a text, in one pass: a value that itself looks like a placeholder stays as it is, and nothing is evaluated. What
 * has no value becomes the empty string.
 */
export function fillTemplate(text: string, values: Readonly<Values>): string {
  if (!text.includes("{{")) return text;
  return text.replace(placeholder, (whole: string, escaped: string, name: string) =>
    escaped ? whole.slice(1) : valueText(readReference(values, nameIn(name))),
  );
}

/** As fillTemplate; a text that is one placeholder and nothing else becomes the value itself, whatever its kind. */
export function fillValue(text: string, values: Readonly<Values>): unknown {
  const [match] = text.matchAll(placeholder);
  if (match?.[0] !== text.trim() || match[1] !== "") return fillTemplate(text, values);
  return readReference(values, nameIn(match[2] ?? "")) ?? null;
}

/**
 * Turns the placeholders of JavaScript into references to a parameter that gets the values as a JSON literal. A value can so
 * never become code, wherever the placeholder stands (even inside quotes or a comment, where it is inert). Names that are not
 * known stay: double braces are JavaScript too. With `statements` the code is the body of a function and not an expression.
 */
export function fillExpression(code: string, values: Readonly<Values>, statements = false): string {
  const names = templateNames(code).filter((name) => Object.hasOwn(values, name.split(".")[0] ?? ""));
  if (names.length === 0) return statements ? `(async () => {${code}\n})()` : code;
  // a path is no name of JavaScript's, and brackets with quotes would end a text that it stands in
  const keys = new Map(names.map((name, index) => [name, name.includes(".") ? `$${index}` : name]));
  const used: Values = Object.fromEntries(names.map((name) => [keys.get(name), readReference(values, name)]));
  const body = code.replace(placeholder, (whole: string, escaped: string, name: string) => {
    const key = keys.get(nameIn(name));
    return escaped || key === undefined ? whole : `$deskhandInputs.${key}`;
  });
  // JSON may hold U+2028/9 raw, JavaScript before 2019 may not; the newline ends a trailing line comment
  const literal = JSON.stringify(used).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return statements ? `(async ($deskhandInputs) => {${body}\n})(${literal})` : `(($deskhandInputs) => (${body}\n))(${literal})`;
}

/** True for selector parts that are plain text (an accessible name or a visible text), the only ones a template may fill. */
export function isTextSelector(part: string): boolean {
  return part.startsWith("aria/") || part.startsWith("text/");
}

/** A copy of the step with the values in it, as far as they are known; the steps inside of it are left alone. */
export function fillStep(step: Step, values: Readonly<Values>): Step {
  const isScript = step.type === "customStep" && step.name === "deskhand.script";
  return mapStepTexts(step, {
    plain: (_, text) => fillTemplate(text, values),
    part: (_, part) => (isTextSelector(part) ? fillTemplate(part, values) : part),
    expression: (_, code) => fillExpression(code, values, isScript),
    value: (_, text) => fillValue(text, values),
    reference: () => {},
  });
}

function nameIn(written: string): string {
  const name = written.trim();
  return name.startsWith("inputs.") ? name.slice("inputs.".length) : name;
}

import type { Selectors } from "./step-parts.ts";

export type StepLabel = {
  /** what is done: "Click" */
  verb: string;
  /** what it is done to: `button "Sign in"`; empty when the step has no object */
  target: string;
  /** anything more: "in a pop-up", "with \"{{inputs.name}}\"" */
  detail: string;
};

/** The most readable of the alternatives: an accessible name, then a text, then whatever comes first. */
export function describeSelectors(selectors: Selectors): string {
  const flat = selectors.map((selector) => [selector].flat()).filter((parts) => parts.length > 0);
  const named = flat.flat().find((part) => part.startsWith("aria/") && !/^aria\/\s*\[/.test(part));
  if (named) return describeAria(named);
  const text = flat.flat().find((part) => part.startsWith("text/"));
  if (text) return quote(text.slice("text/".length));
  const first = flat[0] ?? [];
  return shorten(first.map((part) => part.replace(/^(css|pierce|xpath)\//, "")).join(" › "));
}

function describeAria(part: string): string {
  const role = /\[\s*role\s*=\s*["']([^"']*)["']\s*\]/.exec(part)?.[1];
  const name = part
    .slice("aria/".length)
    .replace(/\[\s*\w+\s*=\s*("[^"]*"|'[^']*')\s*\]/g, "")
    .trim();
  return role ? `${role} ${quote(name)}` : quote(name);
}

export function quote(text: string): string {
  return `"${shorten(text)}"`;
}

export function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

export function label(verb: string, target: string, detail = ""): StepLabel {
  return { verb, target, detail };
}

export const conditionKinds = [
  { kind: "element", label: "An element is visible or hidden" },
  { kind: "text", label: "An element has a text" },
  { kind: "url", label: "The page's address" },
  { kind: "variable", label: "A variable or input" },
  { kind: "all", label: "All of these" },
  { kind: "any", label: "Any of these" },
  { kind: "not", label: "Not" },
] as const;

/** A condition of another kind. The element stays; a condition that becomes a part of "all", "any" or "not" stays as that part. */
export function changeCondition(before: Readonly<Record<string, unknown>>, kind: string): Record<string, unknown> {
  const selectors = Array.isArray(before.selectors) ? before.selectors : ["aria/"];
  const value = typeof before.value === "string" ? before.value : "";
  const operator = ["equals", "contains", "matches"].includes(String(before.operator)) ? before.operator : "contains";
  const inside = Array.isArray(before.conditions) ? before.conditions : before.condition ? [before.condition] : [];
  const self = inside[0] ?? (before.kind === undefined ? { kind: "element", selectors, state: "visible" } : { ...before });
  switch (kind) {
    case "text":
      return { kind, selectors, operator, value };
    case "url":
      return { kind, operator, value };
    case "variable":
      return { kind, name: typeof before.name === "string" ? before.name : "", operator: "equals", value };
    case "all":
    case "any":
      return { kind, conditions: inside.length > 0 ? inside : [self] };
    case "not":
      return { kind, condition: self };
    default:
      return { kind: "element", selectors, state: before.state === "hidden" ? "hidden" : "visible" };
  }
}

/** What somebody meant who typed a value to compare a variable with: 3 is a number, true is true, anything else a text. */
export function typedValue(typed: string): string | number | boolean {
  if (typed === "true" || typed === "false") return typed === "true";
  const number = Number(typed);
  // only what is written back as it was typed: 1.50 or 007 may be texts
  return typed !== "" && Number.isFinite(number) && String(number) === typed ? number : typed;
}

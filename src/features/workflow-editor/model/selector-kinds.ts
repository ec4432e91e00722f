/** How an element can be found, in people's words. CSS has no prefix of its own. */
export const selectorKinds = [
  { kind: "aria", label: "Label or name", placeholder: "Sign in" },
  { kind: "text", label: "Text on the page", placeholder: "Welcome back" },
  { kind: "css", label: "CSS", placeholder: "form button[type=submit]" },
  { kind: "xpath", label: "XPath", placeholder: "//main//button" },
  { kind: "pierce", label: "CSS through shadow roots", placeholder: "my-card button" },
  { kind: "path", label: "Step by step", placeholder: "One part in each line" },
] as const;

export function readSelectors(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a selector says. One that walks from part to part (into shadow roots, or from a loop's element) has a line for each. */
export function splitSelector(selector: unknown): { kind: string; text: string } {
  const parts = (Array.isArray(selector) ? selector : [selector]).map(String);
  if (parts.length !== 1) return { kind: "path", text: parts.join("\n") };
  const [part = ""] = parts;
  const prefix = /^(aria|text|xpath|pierce|css)\//.exec(part)?.[1];
  return prefix ? { kind: prefix, text: part.slice(prefix.length + 1) } : { kind: part.startsWith("loop/") ? "path" : "css", text: part };
}

/** The selector with another kind or text. It stays a list where it was one, which is how the Recorder writes them. */
export function joinSelector(before: unknown, kind: string, text: string): unknown {
  if (kind === "path") {
    const lines = splitSelector(before).kind === "path" || text.includes("\n") ? text : String([before].flat()[0] ?? "");
    return lines.split("\n");
  }
  const [line = ""] = text.split("\n");
  const part = kind === "css" ? line : `${kind}/${line}`;
  return Array.isArray(before) ? [part] : part;
}

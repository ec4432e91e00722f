import { blocksAround, type EditorDocument, isRecord, nodeOf, visitSteps } from "./document.ts";

/** A value that a step can use, and where it comes from. */
export type ScopeName = { name: string; kind: "input" | "variable" | "item"; detail: string };

export function inputsOf(document: EditorDocument): Record<string, Record<string, unknown>> {
  const { inputs } = document.header;
  return isRecord(inputs) && isRecord(inputs.properties) ? (inputs.properties as Record<string, Record<string, unknown>>) : {};
}

export function variablesOf(document: EditorDocument): Record<string, Record<string, unknown>> {
  const { variables } = document.header;
  return isRecord(variables) ? (variables as Record<string, Record<string, unknown>>) : {};
}

/** What `{{…}}` can name in a step: inputs, variables, and the items of the loops around it with what is known to be in them. */
export function namesInScope(document: EditorDocument, id: string | null): ScopeName[] {
  const names: ScopeName[] = [];
  for (const around of id === null ? [] : blocksAround(document, id)) {
    const { step } = nodeOf(document, around);
    if (step.name !== "deskhand.loop") continue;
    const over = isRecord(step.parameters?.over) ? step.parameters.over : {};
    const item = String(step.parameters?.as ?? "item");
    names.push({
      name: item,
      kind: "item",
      detail: over.kind === "times" || over.kind === "while" ? "number of the turn" : "item of the loop",
    });
    for (const part of partsOf(document, over)) names.push({ name: `${item}.${part}`, kind: "item", detail: "part of the item" });
  }
  for (const [name, { type, writeOnly }] of Object.entries(inputsOf(document))) {
    names.push({ name, kind: "input", detail: writeOnly ? "secret input" : `input, ${type}` });
  }
  for (const [name, { type }] of Object.entries(variablesOf(document))) names.push({ name, kind: "variable", detail: `variable, ${type}` });
  return names;
}

/** What the loop's items are known to hold: columns of rows, CSV or of the table that was read into the variable. */
function partsOf(document: EditorDocument, over: Record<string, unknown>): string[] {
  if (over.kind === "elements") return ["text", "index"];
  if (over.kind !== "data") return [];
  const [first] = Array.isArray(over.rows) ? over.rows : [];
  if (isRecord(first)) return Object.keys(first).filter(isPart);
  if (typeof over.csv === "string") {
    const [head = ""] = over.csv.split(/\r?\n/);
    return head
      .split(",")
      .map((part) => part.trim().replace(/^"|"$/g, ""))
      .filter(isPart);
  }
  const table = visitSteps(document).find(({ node }) => {
    const { parameters, name } = node.step;
    return name === "deskhand.extract" && parameters?.kind === "table" && parameters.into !== undefined && parameters.into === over.from;
  });
  const columns = table?.node.step.parameters?.columns;
  return Array.isArray(columns) ? columns.map(String).filter(isPart) : [];
}

function isPart(name: string): boolean {
  return /^[^.{}\s]{1,100}$/.test(name);
}

/** What is being typed after `{{`, when the caret stands in one that is not closed yet. */
export function openTemplate(text: string, caret: number): { start: number; typed: string } | null {
  const start = text.lastIndexOf("{{", caret - 1);
  if (start < 0 || start + 2 > caret || text[start - 1] === "\\") return null;
  const typed = text.slice(start + 2, caret);
  return /^\s*[A-Za-z0-9_.]*$/.test(typed) ? { start, typed: typed.trim() } : null;
}

/** The text with the template that is being typed completed, and where the caret goes. */
export function completeTemplate(text: string, caret: number, name: string): { text: string; caret: number } {
  const open = openTemplate(text, caret);
  const start = open?.start ?? caret;
  const rest = text.slice(caret).replace(/^\s*[A-Za-z0-9_.]*\s*\}\}/, "");
  const before = `${text.slice(0, start)}{{${name}}}`;
  return { text: before + rest, caret: before.length };
}

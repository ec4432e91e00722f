import { isRecord } from "./document.ts";

/** An input or a variable: its name, and what the document says of it. */
export type Declaration = { name: string; required: boolean; of: Record<string, unknown> };
type Header = Readonly<Record<string, unknown>>;

export function readDeclarations(header: Header): { inputs: Declaration[]; variables: Declaration[] } {
  const inputs = isRecord(header.inputs) ? header.inputs : {};
  const required = Array.isArray(inputs.required) ? inputs.required : [];
  const read = (given: unknown): Declaration[] =>
    Object.entries(isRecord(given) ? given : {}).map(([name, of]) => ({
      name,
      of: isRecord(of) ? of : {},
      required: required.includes(name),
    }));
  return { inputs: read(inputs.properties), variables: read(header.variables) };
}

/** The header with these inputs; without any, it has none at all. What else the inputs' schema says stays. */
export function writeInputs(header: Header, list: readonly Declaration[]): Record<string, unknown> {
  const { inputs, ...rest } = header;
  if (list.length === 0) return rest;
  const { required: _before, ...others } = isRecord(inputs) ? inputs : {};
  const required = list.filter((one) => one.required).map(({ name }) => name);
  return { ...rest, inputs: { ...others, properties: toRecord(list), ...(required.length > 0 && { required }) } };
}

export function writeVariables(header: Header, list: readonly Declaration[]): Record<string, unknown> {
  const { variables: _before, ...rest } = header;
  return list.length === 0 ? rest : { ...rest, variables: toRecord(list) };
}

function toRecord(list: readonly Declaration[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ name, of }) => [name, of]));
}

export function freeName(taken: readonly Declaration[], kind: "inputs" | "variables"): string {
  const base = kind === "inputs" ? "input" : "variable";
  for (let number = 1; ; number++) {
    const name = `${base}${number}`;
    if (!taken.some((one) => one.name === name)) return name;
  }
}

export function showDefault(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What is typed as a default: of the declared type where it can be read as that, else the text, which is then marked. */
export function readDefault(typed: string, type: string): unknown {
  if (typed === "") return undefined;
  if (type === "string") return typed;
  try {
    const data: unknown = JSON.parse(typed);
    // "1." is on its way to 1.5
    return typeof data === "number" && String(data) !== typed ? typed : data;
  } catch {
    return typed;
  }
}

import type { TriggerValues } from "../protocol/triggered.ts";
import { checkInputValue, type RecordingInputs, secretInputNames } from "../schemas/recording-inputs.ts";
import type { TriggerInputs } from "../schemas/schedule.ts";

export type ReadValues = { ok: true; values: TriggerValues } | { ok: false; field: string; message: string };

/**
 * The values for a workflow's inputs from what a trigger brought. What is not there, or is null, is left to the deployment; text, numbers and
 * yes or no only. No message holds a value.
 */
export function readTriggerValues(declared: RecordingInputs | undefined, inputs: TriggerInputs, brought: unknown): ReadValues {
  const values: TriggerValues = {};
  for (const [name, path] of Object.entries(inputs)) {
    const value = pick(brought, path);
    if (value === undefined || value === null) continue;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      return { ok: false, field: name, message: `"${path}" is not text, a number, or true or false.` };
    }
    values[name] = value;
  }
  const problem = checkTriggerValues(declared, inputs, values);
  return problem ? { ok: false, ...problem } : { ok: true, values };
}

/** What is wrong with values that are given for these inputs; undefined when nothing is. */
export function checkTriggerValues(
  declared: RecordingInputs | undefined,
  inputs: TriggerInputs,
  values: TriggerValues,
): { field: string; message: string } | undefined {
  const secrets = secretInputNames(declared);
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(inputs, name) || secrets.includes(name)) return { field: name, message: `"${name}" may not be set by it.` };
    const [message] = checkInputValue(declared, name, value);
    if (message !== undefined) return { field: name, message };
  }
  return undefined;
}

/** What stands at `order.items[0].name`; undefined when nothing does. Own properties only. */
function pick(value: unknown, path: string): unknown {
  let found = value;
  for (const [, key, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const name = key ?? index ?? "";
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

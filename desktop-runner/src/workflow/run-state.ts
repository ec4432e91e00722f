import type { Recording } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import { isOfType, type Values } from "@deskhand/shared/schemas/recording-variables";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { RunServices } from "./run-services.ts";
import { StepFailure } from "./step-failure.ts";

/** The element that a loop is at, found anew each time: pages draw their lists again. */
export type LoopElement = { selectors: Selectors; index: number };

export type RunState = {
  /** inputs, variables and items of the loops that are under way */
  values: Values;
  elements: Map<string, LoopElement>;
  /** @throws StepFailure VALUE_INVALID when it is not of the declared type */
  set(name: string, value: unknown): void;
  /** variables that belong to the run's result, added to what was read */
  result(data: Record<string, unknown>): Record<string, unknown>;
};

/** Values as a run begins with them. `onSecret` is told each value that a secret variable gets, and each code. */
export function createRunState(recording: Recording, inputs: InputValues, services: Pick<RunServices, "onSecret" | "code"> = {}): RunState {
  const { onSecret = () => {} } = services;
  const values: Values = Object.create(null);
  const { variables = {} } = recording;
  // each declared name is there, so that templates can tell what has no value from what is none of ours
  for (const name of Object.keys(recording.inputs?.properties ?? {})) values[name] = inputs[name];
  for (const [name, { default: value }] of Object.entries(variables)) values[name] = structuredClone(value ?? null);
  if (!Object.hasOwn(values, "profile")) Object.defineProperty(values, "profile", { value: codes(services.code, onSecret) });
  return {
    values,
    elements: new Map(),
    set: (name, given) => {
      const declared = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (!declared) throw new StepFailure("VALUE_INVALID", { reason: `"${name}" is not a variable` });
      const value = asType(given, declared.type);
      if (value !== null && !isOfType(value, declared.type)) {
        throw new StepFailure("VALUE_INVALID", { reason: `"${name}" is to be a ${declared.type}` });
      }
      if (declared.writeOnly && value !== null) onSecret(typeof value === "string" ? value : JSON.stringify(value));
      values[name] = value;
    },
    result: (data) => {
      for (const [name, { output }] of Object.entries(variables)) if (output) data[name] = values[name];
      return data;
    },
  };
}

/** Made anew whenever it is read, since it changes by the half minute; not among the values that are listed. */
function codes(code: RunServices["code"], onSecret: (value: string) => void): object {
  const get = () => {
    if (!code) throw new StepFailure("CODE_SECRET_MISSING");
    const made = code();
    onSecret(made);
    return made;
  };
  return Object.defineProperty({}, "code", { get });
}

/** Texts come from pages and templates: "3" is a number where one is wanted. Anything is nothing when there is none. */
function asType(value: unknown, type: string): unknown {
  if (value === undefined || value === null) return null;
  if (type === "number" && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  return value;
}

import type { LoopOver } from "@deskhand/shared/schemas/custom-step-parameters";
import { readReference, type Values } from "@deskhand/shared/schemas/recording-variables";
import { parseCsv } from "./parse-csv.ts";
import { StepFailure } from "./step-failure.ts";

/** What a loop over numbers or data goes through, one at a time: nothing is copied. */
export function itemsOf(
  over: Extract<LoopOver, { kind: "times" | "data" }>,
  values: Readonly<Values>,
): { length: number; at(turn: number): unknown } {
  if (over.kind === "times") {
    const times = typeof over.times === "number" ? over.times : Number(over.times.trim() || Number.NaN);
    if (!Number.isInteger(times) || times < 0)
      throw new StepFailure("VALUE_INVALID", { reason: "the number of turns is not a whole number" });
    return { length: times, at: (turn) => turn + 1 };
  }
  const list =
    over.rows ?? (over.csv !== undefined ? parseCsv(over.csv) : rowsFrom(readReference(values, over.from ?? ""), over.from ?? ""));
  return { length: list.length, at: (turn) => list[turn] };
}

/** A list as it is, or a text that holds one: JSON, else CSV with a line of headings. */
function rowsFrom(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "string") throw new StepFailure("VALUE_INVALID", { reason: `"${name}" is not a list` });
  if (!value.trimStart().startsWith("[")) return parseCsv(value);
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list)) return list;
  } catch {
    // told below
  }
  throw new StepFailure("VALUE_INVALID", { reason: `"${name}" is neither a list nor JSON nor CSV of one` });
}

import type { RunDetail, RunStepView } from "@deskhand/shared/schemas/run";
import { inReadingOrder } from "@deskhand/shared/schemas/run-tree";

/** A step of both runs, or of only one of them where their versions differ. */
export type StepPair = { a: RunStepView | null; b: RunStepView | null; isDifferent: boolean };

/** The steps of two runs side by side, in order; of different versions, what stands in both stands beside each other. */
export function pairSteps(a: RunDetail, b: RunDetail): StepPair[] {
  const isSame = a.workflowId === b.workflowId && a.version === b.version;
  const [left, right] = [inReadingOrder(a.steps), inReadingOrder(b.steps)];
  const pairs = isSame ? left.map((step) => [step, b.steps[step.index] ?? null] as const) : align(left, right);
  return pairs.map(([one, other]) => ({
    a: one,
    b: other,
    isDifferent: !one || !other || one.state !== other.state || one.failureCode !== other.failureCode || one.turns !== other.turns,
  }));
}

/** The longest common subsequence of steps that do the same to the same. */
function align(a: readonly RunStepView[], b: readonly RunStepView[]): (readonly [RunStepView | null, RunStepView | null])[] {
  const key = (step: RunStepView) => JSON.stringify([step.type, step.verb, step.target]);
  const [left, right] = [a.map(key), b.map(key)];
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = common[i];
    for (let j = b.length - 1; row && j >= 0; j--) {
      row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [RunStepView | null, RunStepView | null])[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && left[i] === right[j]) pairs.push([a[i++] ?? null, b[j++] ?? null]);
    else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) pairs.push([a[i++] ?? null, null]);
    else pairs.push([null, b[j++] ?? null]);
  }
  return pairs;
}

export type ValueDifference = { path: string; a: unknown; b: unknown };

/** Where two results differ, as paths such as `orders[2].price`; at most `most`. What is not there is undefined. */
export function diffValues(a: unknown, b: unknown, most: number): ValueDifference[] {
  const found: ValueDifference[] = [];
  const walk = (left: unknown, right: unknown, path: string) => {
    if (found.length >= most || Object.is(left, right)) return;
    if (!isNested(left) || !isNested(right) || Array.isArray(left) !== Array.isArray(right)) {
      found.push({ path: path || "all of it", a: left, b: right });
      return;
    }
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const own = (of: Record<string, unknown>) => (Object.hasOwn(of, key) ? of[key] : undefined);
      walk(own(left), own(right), Array.isArray(left) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
    }
  };
  walk(a, b, "");
  return found;
}

/** +1.2 s, −0.4 s; null where there is nothing to compare, or no difference that a person would see. */
export function changeWords(before: number | null | undefined, after: number | null | undefined): string | null {
  if (before == null || after == null) return null;
  const tenths = Math.round((after - before) / 100);
  return tenths === 0 ? null : `${tenths > 0 ? "+" : "−"}${(Math.abs(tenths) / 10).toFixed(1)} s`;
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

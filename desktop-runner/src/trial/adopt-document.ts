import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { childLists, walkSteps } from "@deskhand/shared/schemas/walk-steps";

/**
 * Puts what a changed document says into the steps of the one that is being carried out, where both have the same steps in the same
 * places: what is under way (the turn of a loop, say) stays as it is. False when they have not, and nothing was changed.
 */
export function adoptDocument(current: Recording, changed: Recording): boolean {
  const [before, after] = [walkSteps(current.steps), walkSteps(changed.steps)];
  if (JSON.stringify([current.inputs, current.variables]) !== JSON.stringify([changed.inputs, changed.variables])) return false;
  const isSame =
    before.length === after.length && before.every(({ path, step }, at) => path === after[at]?.path && isOfKind(step, after[at].step));
  if (!isSame) return false;
  for (const [at, { step }] of before.entries()) if (after[at]) adoptStep(step, after[at].step);
  const { steps: _, ...header } = changed;
  Object.assign(current, header);
  return true;
}

function isOfKind(one: Step, other: Step): boolean {
  return one.type === other.type && (one.type !== "customStep" || one.name === (other as typeof one).name);
}

/** All but the steps inside of it, which are those that are under way. */
function adoptStep(step: Step, changed: Step): void {
  const inside = Object.fromEntries(childLists(step).map(({ field, steps }) => [field, steps]));
  const own = step as Record<string, unknown>;
  for (const name of Object.keys(own)) delete own[name];
  Object.assign(own, changed);
  if (changed.type === "customStep") own.parameters = { ...changed.parameters, ...inside };
}

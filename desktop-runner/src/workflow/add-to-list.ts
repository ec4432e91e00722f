import { StepFailure } from "./step-failure.ts";

/** Items of one list, and rows of one table. */
export const maxItems = 100_000;
/** UTF-16 units of a list as JSON: what its run keeps, and a page shows, stays of a size that both can hold. */
const maxLength = 20_000_000;

/** How long the lists that were made here are as JSON, so that none is written out again for each item. */
const lengths = new WeakMap<readonly unknown[], number>();

/**
 * A new list: what is there, then the value. Lists bring their items; what is there and is no list begins one. A value that is
 * nothing is an item too, so that lists which a loop fills together keep in step. The list before stays as it was, since a loop may be going
 * through it, or another variable hold it. @throws StepFailure VALUE_INVALID
 */
export function addToList(before: unknown, value: unknown, name: string): unknown[] {
  const held = before === null || before === undefined ? [] : asItems(before);
  const added = asItems(value ?? null);
  const list = [...held, ...added];
  const length = (lengths.get(held) ?? JSON.stringify(held).length) + JSON.stringify(added).length;
  if (list.length > maxItems) throw tooLarge(name, `${maxItems.toLocaleString("en")} items`);
  if (length > maxLength) throw tooLarge(name, `${maxLength.toLocaleString("en")} characters`);
  lengths.set(list, length);
  return list;
}

function asItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function tooLarge(name: string, most: string): StepFailure {
  return new StepFailure("VALUE_INVALID", { reason: `the list "${name}" has no room for more than ${most}` });
}

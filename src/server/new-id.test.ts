import { expect, test } from "vitest";
import { newId } from "./new-id.ts";

test("ids are of version 7, differ, and sort as they were made", () => {
  const made = Array.from({ length: 10_000 }, newId);
  expect(made.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true);
  expect(new Set(made).size).toBe(made.length);
  expect(made.toSorted()).toEqual(made);
  // what is not counted up is random
  expect(new Set(made.map((id) => id.slice(-10))).size).toBeGreaterThan(9_900);
});

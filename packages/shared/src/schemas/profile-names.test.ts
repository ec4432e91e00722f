import { expect, test } from "vitest";
import { copyName, namesOf } from "./profile-names.ts";

test("a pattern gives each its number, with as many digits as it asks for", () => {
  expect(namesOf("Shop {n}", 3)).toEqual(["Shop 1", "Shop 2", "Shop 3"]);
  expect(namesOf("Shop {n:03}", 2, 9)).toEqual(["Shop 009", "Shop 010"]);
  expect(namesOf("{n:2}-{n}", 1, 7)).toEqual(["07-7"]);
});

test("a pattern without a place for the number has it at its end, and one alone needs none", () => {
  expect(namesOf("Shop", 2)).toEqual(["Shop 1", "Shop 2"]);
  expect(namesOf("Shop", 1)).toEqual(["Shop"]);
});

test("a copy has a name that is free, and a copy of a copy is no copy of a copy's name", () => {
  expect(copyName("Shop", new Set())).toBe("Shop (copy)");
  expect(copyName("Shop (copy)", new Set(["shop (copy)"]))).toBe("Shop (copy 2)");
  expect(copyName("x".repeat(80), new Set())).toHaveLength(80);
});

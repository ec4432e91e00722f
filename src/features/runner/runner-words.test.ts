import { expect, test } from "vitest";
import { clockWords } from "./runner-words.ts";

test.each([
  [null, /Not known/],
  [0, /In step/],
  [-1_999, /In step/],
  [5_000, /^5 s behind/],
  [-90_000, /^2 min ahead/],
  [2 * 3_600_000, /^2 h behind/],
  [-(2 ** 31 - 1), /^25 days ahead/],
])("a clock that is off by %s ms is told as %s", (offset, words) => {
  expect(clockWords(offset)).toMatch(words);
});

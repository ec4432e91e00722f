import { expect, it } from "vitest";
import { relativeTime } from "./time-ago.tsx";

const second = 1000;
it.each([
  [5 * second, "just now"],
  [59 * second, "just now"],
  [61 * second, "1 min. ago"],
  [59 * 60 * second, "59 min. ago"],
  [3 * 3600 * second, "3 hr. ago"],
  [30 * 3600 * second, "yesterday"],
])("an instant %d ms ago reads “%s”", (ago, words) => {
  expect(relativeTime(1e12 - ago, 1e12)).toBe(words);
});

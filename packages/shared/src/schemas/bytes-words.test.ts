import { expect, it } from "vitest";
import { bytesWords } from "./bytes-words.ts";

it.each([
  [0, "0 B"],
  [532, "532 B"],
  [1400, "1.4 KB"],
  [23_000_000, "23 MB"],
  [1.2e13, "12 TB"],
])("%d bytes read “%s”", (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});

import { expect, test } from "vitest";
import { errorCodes } from "./error-codes.ts";
import { errorWords } from "./error-words.ts";

test("each error code has a sentence of what happened and one of what to do", () => {
  expect(Object.keys(errorWords).sort()).toEqual([...errorCodes].sort());
  for (const { title, whatToDo } of Object.values(errorWords)) {
    expect(title).toMatch(/^[A-Z].{8,90}\.$/);
    expect(whatToDo).toMatch(/^[A-Z].{8,160}\.$/);
  }
});

test("no two codes say the same", () => {
  const titles = Object.values(errorWords).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

import { expect, it } from "vitest";
import { differences } from "./test-result.ts";

it("a result may hold more than a test names, and nothing else than it names", () => {
  const actual = { title: "T", rows: [{ n: 1, more: true }, { n: 2 }], none: null };
  expect(differences({ rows: [{ n: 1 }, { n: 2 }] }, actual)).toEqual([]);
  expect(differences({}, actual)).toEqual([]);
  expect(differences({ title: "t", rows: [{ n: 1 }, { n: 3 }], none: null }, actual)).toEqual(["title", "rows[1].n"]);
  expect(differences({ rows: [{ n: 1 }] }, actual)).toEqual(["rows (2 instead of 1)"]);
  expect(differences({ rows: {}, gone: { a: 1 } }, actual)).toEqual(["rows", "gone"]);
  expect(differences({ toString: 1 }, actual)).toEqual(["toString"]);
});

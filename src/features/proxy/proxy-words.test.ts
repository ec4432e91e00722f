import { expect, test } from "vitest";
import { unawareOf } from "./proxy-words.ts";

test("a proxy says on which runners it cannot be used", () => {
  const runners = [
    { id: "knows", signaturesRequired: true },
    { id: "later", signaturesRequired: false },
    { id: "strict", signaturesRequired: true },
  ];
  const names = (secrets: { hasPassword: boolean; hasChangeUrl: boolean }) =>
    unawareOf({ knownTo: ["knows"], ...secrets }, runners).map(({ id }) => id);
  expect(names({ hasPassword: true, hasChangeUrl: false })).toEqual(["later", "strict"]);
  // whoever cannot ask for another exit leaves by the wrong one
  expect(names({ hasPassword: false, hasChangeUrl: true })).toEqual(["later", "strict"]);
  expect(names({ hasPassword: false, hasChangeUrl: false })).toEqual(["strict"]);
});

import { expect, test } from "vitest";
import { moveWords, refusalWords } from "./move-words.ts";

const ways = { from: { id: "a", name: "Studio" }, to: { id: "b", name: "Laptop" }, failureCode: null };

test("a move is told by where the profile is", () => {
  expect(moveWords({ ...ways, state: "waiting" })).toContain("waits");
  expect(moveWords({ ...ways, state: "sending" })).toContain("Studio");
  expect(moveWords({ ...ways, state: "taking" })).toContain("Laptop is taking it");
  expect(moveWords({ ...ways, state: "moved" })).toBe("is on Laptop");
  expect(moveWords({ ...ways, state: "cancelled" })).toContain("stays on Studio");
  expect(moveWords({ ...ways, state: "failed", failureCode: "EXPORT_TOO_LARGE" })).toContain("stays on Studio: ");
  expect(moveWords({ ...ways, state: "failed", failureCode: "of a later version" })).toContain("stays on Studio: ");
});

test("what was not begun has words, also with a code of a later version", () => {
  expect(refusalWords("PROFILE_SCHEDULED")).toContain("schedule");
  expect(refusalWords("NOT_KNOWN_YET")).toBe("It could not be moved.");
});

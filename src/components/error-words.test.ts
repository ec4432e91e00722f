import { expect, it } from "vitest";
import { mayHelp, wordsFor } from "./error-words.ts";

it("says of every known refusal what happened and what to do", () => {
  expect(wordsFor({ data: { appCode: "NAME_TAKEN" } })).toMatchObject({ code: "NAME_TAKEN", title: "Something else has this name." });
});

it("prefers the server's own sentence because it is more exact", () => {
  expect(wordsFor({ data: { appCode: "CONFLICT", userMessage: "The runner is locked." } }).title).toBe("The runner is locked.");
});

it.each([
  [1, "Try again in 1 second."],
  [45, "Try again in 45 seconds."],
  [840, "Try again in 14 minutes."],
])("says how long to wait after too many tries: %d s", (retryAfterSeconds, words) => {
  expect(wordsFor({ data: { appCode: "RATE_LIMITED", retryAfterSeconds } }).whatToDo).toBe(words);
});

it.each([new TypeError("fetch failed"), { data: { appCode: "MADE_UP" } }, undefined])(
  "takes anything else for a server that is not reached",
  (error) => {
    expect(wordsFor(error)).toMatchObject({ code: null, title: "Deskhand cannot be reached." });
  },
);

it("offers to try again only where the answer may be another one", () => {
  expect(["NOT_FOUND", "FORBIDDEN", "ARTIFACT_GONE"].map((appCode) => mayHelp(wordsFor({ data: { appCode } })))).toEqual([
    false,
    false,
    false,
  ]);
  expect(["RUNNER_TIMEOUT", "DATABASE_UNAVAILABLE"].map((appCode) => mayHelp(wordsFor({ data: { appCode } })))).toEqual([true, true]);
  expect(mayHelp(wordsFor(new TypeError("fetch failed")))).toBe(true);
});

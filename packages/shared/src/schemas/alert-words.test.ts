import { describe, expect, test } from "vitest";
import type { AlertContent } from "./alert.ts";
import { alertSentence, alertTitle, problemWords } from "./alert-words.ts";
import { deliveryProblem } from "./delivery.ts";

const named = (name: string) => ({ id: "0199c0de-0000-7000-8000-000000000001", name });
const at = "2026-03-01T12:00:00.000Z";

function failed(runs: Partial<Extract<AlertContent, { type: "deployment.failed" }>["data"]["runs"]>): AlertContent {
  return {
    type: "deployment.failed",
    data: {
      project: named("Shop"),
      deployment: { id: named("").id, createdAt: at },
      workflow: { ...named("Orders"), version: 4 },
      runner: named("Studio"),
      runs: { total: 1, succeeded: 0, failed: 1, expired: 0, cancelled: 0, active: 0, ...runs },
      failures: [{ code: "COMMAND_EXPIRED", count: 1 }],
      failedRuns: [],
      url: "",
    },
  };
}

describe("an alert in words", () => {
  test("says of one run why it failed", () => {
    expect(alertTitle(failed({}))).toBe("Orders failed");
    expect(alertSentence(failed({}))).toBe("“Orders” (version 4) failed on Studio. The runner did not take the run before its deadline.");
  });

  test("counts many runs, those that expired with those that failed, and those still to come", () => {
    const many = failed({ total: 10, succeeded: 3, failed: 4, expired: 1, active: 2 });
    expect(alertTitle(many)).toBe("Orders: 5 of 10 runs failed");
    expect(alertSentence(many)).toBe("5 of 10 runs of “Orders” (version 4) on Studio failed; 3 succeeded. 2 runs still to come.");
  });

  test("says since when a runner is silent and what waits, and how long it was away", () => {
    const data = { project: named("Shop"), runner: named("Studio"), url: "" };
    expect(alertSentence({ type: "runner.silent", data: { ...data, lastSeenAt: at, waitingRuns: 1 } })).toMatch(
      /^Studio was last heard from at 2026-03-01 12:00 UTC .* 1 run waits for it\./,
    );
    expect(alertSentence({ type: "runner.back", data: { ...data, silentSince: at, backAt: "2026-03-01T12:41:00.000Z" } })).toMatch(
      /silent for 41 minutes/,
    );
  });
});

test("each problem of a delivery has a sentence", () => {
  for (const problem of deliveryProblem.options) expect(problemWords[problem]).toMatch(/^[A-Z].*\.( .*)?$|=on\.$/);
});

import type { LogLine } from "@deskhand/shared/schemas/run";
import { afterEach, describe, expect, it, vi } from "vitest";
import { describeArtifactProblem, mayStillCome, readArtifact } from "./artifact-content.ts";
import { elapsedMs, formatDuration } from "./duration.ts";
import { addLiveLines, addReadLines, emptyLog, filterLog, hasGap, maxShownLines } from "./log-buffer.ts";
import { readRunFilters, runsAddress } from "./run-filters.ts";
import { describeOutcome, describePhase, shownState } from "./run-words.ts";

const line = (seq: number, rest: Partial<LogLine> = {}): LogLine => ({
  seq,
  at: "2026-01-01T00:00:00.000Z",
  step: null,
  level: "info",
  message: `line ${seq}`,
  ...rest,
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));

describe("durations", () => {
  it("are told with the precision that matters at their size", () => {
    expect([0, 420, 12_340, 64_000, 3_599_000, 7_380_000].map(formatDuration)).toEqual([
      "<0.1 s",
      "0.4 s",
      "12.3 s",
      "1 min 04 s",
      "59 min 59 s",
      "2 h 03 min",
    ]);
  });
  it("never run backwards when two machines' clocks differ", () => {
    expect(elapsedMs({ startedAt: "2026-01-01T00:00:10.000Z", finishedAt: "2026-01-01T00:00:09.000Z" })).toBe(0);
    expect(elapsedMs({ startedAt: null, finishedAt: null })).toBeNull();
  });
});

describe("a run's log", () => {
  it("joins live lines that arrive out of order and twice", () => {
    const log = addLiveLines(addLiveLines(emptyLog, [line(2), line(1)]), [line(2), line(3)]);
    expect(log.lines.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(hasGap(log)).toBe(false);
  });
  it("notices a gap and closes it with what is read from the runner", () => {
    const gap = addLiveLines(addLiveLines(emptyLog, lines(1, 3)), [line(7)]);
    expect(hasGap(gap)).toBe(true);
    expect(gap.readTo).toBe(3);
    const whole = addReadLines(gap, lines(4, 6), false);
    expect(hasGap(whole)).toBe(false);
    expect(whole.lines).toHaveLength(7);
  });
  it("does not ask for ever for lines that the runner no longer has", () => {
    const gap = addLiveLines(emptyLog, [line(9)]);
    expect(hasGap(addReadLines(gap, [], false))).toBe(false);
  });
  it("keeps the last lines and says that older ones are left out", () => {
    const log = addReadLines(emptyLog, lines(1, maxShownLines + 10), false);
    expect(log.lines).toHaveLength(maxShownLines);
    expect(log.lines[0]?.seq).toBe(11);
    expect(log.dropped).toBe(true);
  });
  it("is narrowed by step, by text and to what went wrong", () => {
    const all = [line(1, { step: 0, message: "Open" }), line(2, { step: 1, level: "error", message: "No such element" })];
    expect(filterLog(all, { search: "ELEMENT", steps: null, errorsOnly: false })).toHaveLength(1);
    expect(filterLog(all, { search: "", steps: new Set([0]), errorsOnly: false })).toHaveLength(1);
    expect(filterLog(all, { search: "", steps: new Set([0]), errorsOnly: true })).toHaveLength(0);
  });
});

describe("filters in the address", () => {
  const workflowId = "019a0000-0000-7000-8000-000000000001";
  it("come back as they were written", () => {
    const filters = { state: "failed", workflowId, deploymentId: workflowId } as const;
    const address = runsAddress(filters);
    expect(readRunFilters(new URL(address, "http://localhost").searchParams)).toEqual(filters);
    expect(runsAddress({})).toBe("/dashboard/runs");
  });
  it("are left out when they cannot be understood", () => {
    expect(readRunFilters(new URLSearchParams("state=odd&workflow=1"))).toEqual({});
  });
});

describe("words for a run", () => {
  const working = { runnerPaused: false, runnerPausedByProject: false, runnerQuietUntil: null, waitsFor: null, profileName: "Shop" };
  const run = { state: "queued", cancelRequestedAt: null, runnerOnline: false, runnerName: "Studio Mac", ...working } as const;
  it("say what a queued run waits for", () => {
    expect(describePhase(run)).toContain("Waits for Studio Mac, which is offline");
    expect(describePhase({ ...run, runnerOnline: true })).toContain("its turn");
    expect(describePhase({ ...run, state: "accepted", runnerOnline: true, runnerPaused: true })).toContain("deskhand resume");
    expect(describePhase({ ...run, state: "accepted", runnerOnline: true, runnerPausedByProject: true })).toContain("on its page");
    expect(describePhase({ ...run, runnerOnline: true, runnerQuietUntil: "2026-01-01T06:00:00.000Z" })).toContain("quiet hours until");
    expect(describePhase({ ...run, state: "running", runnerOnline: true, runnerPaused: true })).toBeNull();
    const waitsFor = { kind: "window", since: "2026-01-01T06:00:00.000Z", by: "Ann" };
    expect(describePhase({ ...run, state: "accepted", runnerOnline: true, waitsFor })).toContain("held by Ann with an open window since");
  });
  it("tell a requested cancel from one that has happened", () => {
    expect(shownState({ waiting: null, state: "running", cancelRequestedAt: "2026-01-01T00:00:00.000Z" })).toBe("cancelling");
    expect(shownState({ waiting: null, state: "cancelled", cancelRequestedAt: "2026-01-01T00:00:00.000Z" })).toBe("cancelled");
  });
  it("explain every end that is not a success, also one with an unknown code", () => {
    expect(describeOutcome({ state: "succeeded", failureCode: null })).toBeNull();
    expect(describeOutcome({ state: "expired", failureCode: null })?.title).toContain("deadline");
    const at = "2026-01-01T00:00:00.000Z";
    const refusal = {
      id: "1",
      runId: null,
      kind: "host",
      rule: "nothing allows it",
      subject: "a.example",
      count: 1,
      firstAt: at,
      lastAt: at,
    };
    expect(describeOutcome({ state: "failed", failureCode: "POLICY_DENIED", refusals: [{ ...refusal, fatal: true }] })).toMatchObject({
      title: expect.stringContaining("a.example"),
      whatToDo: expect.stringContaining("deskhand policy allow a.example"),
    });
    expect(describeOutcome({ state: "failed", failureCode: "SOMETHING_NEW" })?.whatToDo).toContain("report");
  });
});

describe("a file that cannot be had", () => {
  afterEach(() => vi.unstubAllGlobals());
  const refusal = (status: number) => {
    vi.stubGlobal("fetch", async () => new Response(null, { status }));
    return readArtifact("some-file").catch((error: unknown) => error);
  };
  it("is asked for again only when it may still come", async () => {
    for (const [status, again] of [
      [410, false],
      [403, false],
      [409, true],
      [504, true],
    ] as const) {
      const error = await refusal(status);
      expect(mayStillCome(error), String(status)).toBe(again);
      expect(describeArtifactProblem(error, "Office computer")).toMatch(/\.$/);
    }
    expect(mayStillCome(new TypeError("network"))).toBe(true);
  });
});

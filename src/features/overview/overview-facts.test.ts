import { describe, expect, it } from "vitest";
import { gettingStarted, percent, successRate } from "./overview-facts.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();

describe("the success rate", () => {
  it("counts what ended in the period, and not what somebody cancelled", () => {
    const runs = [
      { state: "succeeded", finishedAt: at(5) },
      { state: "failed", finishedAt: at(6) },
      { state: "expired", finishedAt: at(6) },
      { state: "cancelled", finishedAt: at(6) },
      { state: "running", finishedAt: null },
      { state: "succeeded", finishedAt: at(1) },
    ] as const;
    expect(successRate(runs, Date.parse(at(4)))).toEqual({ succeeded: 1, ended: 3 });
  });
  it("never says 100 while something failed, and nothing when nothing ended", () => {
    expect(percent({ succeeded: 999, ended: 1000 })).toBe("99 %");
    expect(percent({ succeeded: 3, ended: 3 })).toBe("100 %");
    expect(percent({ succeeded: 0, ended: 0 })).toBe("–");
  });
});

describe("getting started", () => {
  const nothing = { runners: 0, pendingRunners: 0, profiles: 0, firstWorkflowId: null, runs: 0, mayManageRunners: true };
  it("leads from the runner to the first run", () => {
    expect(gettingStarted(nothing).map(({ done }) => done)).toEqual([false, false, false, false]);
    const ready = gettingStarted({ ...nothing, runners: 1, profiles: 1, firstWorkflowId: "w" });
    expect(ready.find(({ done }) => !done)?.action?.href).toBe("/dashboard/workflows/w?deploy=1");
  });
  it("asks to accept a runner that waits for it", () => {
    expect(gettingStarted({ ...nothing, pendingRunners: 1 })[0]?.title).toBe("Accept your runner");
  });
  it("offers nobody what their role may not do, and says who may", () => {
    for (const pendingRunners of [0, 1]) {
      const [first] = gettingStarted({ ...nothing, pendingRunners, mayManageRunners: false });
      expect(first).toMatchObject({ action: null, description: expect.stringContaining("An owner or admin of the project") });
    }
  });
});

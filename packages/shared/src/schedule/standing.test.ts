import { expect, it } from "vitest";
import type { DeploymentSchedule } from "../schemas/deployment.ts";
import { isFiring, standingOf } from "./standing.ts";

const now = Date.parse("2026-06-01T12:00:00Z");
const at = "2026-06-01T11:00:00.000Z";
const installed: DeploymentSchedule = {
  when: { kind: "every", minutes: 90 },
  jitterSeconds: 0,
  overlap: "skip",
  missed: { policy: "skip" },
  profileIds: [],
  installedAt: at,
  failureCode: null,
  pausedAt: null,
  removedAt: null,
  asked: null,
};
const asked = (what: "pause" | "resume" | "remove", failureCode: string | null = null) => ({ asked: { what, at, failureCode } });
const once = (time: string, jitterSeconds = 0) => ({ when: { kind: "once", at: time } as const, jitterSeconds });

it.each([
  ["active", true, {}],
  ["active", true, once("2026-06-01T11:59:30.000Z", 60)],
  ["done", false, once("2026-06-01T11:30:00.000Z")],
  ["installing", false, { installedAt: null }],
  ["failed", false, { installedAt: null, failureCode: "POLICY_DENIED" }],
  ["paused", false, { pausedAt: at }],
  ["ended", false, { removedAt: at }],
  ["pausing", true, asked("pause")],
  ["ending", true, asked("remove")],
  ["ending", false, { installedAt: null, ...asked("remove") }],
  ["resuming", false, { pausedAt: at, ...asked("resume") }],
  ["active", true, asked("pause", "COMMAND_EXPIRED")],
] as const)("a schedule is %s, and it is %s that it fires (%#)", (standing, fires, more) => {
  const schedule = { ...installed, ...more };
  expect([standingOf(schedule, now), isFiring(schedule, now)]).toEqual([standing, fires]);
});

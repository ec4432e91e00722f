import type { DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import { expect, test } from "vitest";
import { nextTimeOf, standingOf } from "./standing.ts";

const now = Date.parse("2026-06-01T12:00:00Z");
const at = "2026-06-01T11:00:00.000Z";
const created = { createdAt: at };

const scheduled = (more: Partial<DeploymentSchedule>): DeploymentSchedule => ({
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
  ...more,
});
const once = (time: string, jitterSeconds = 0) => ({ when: { kind: "once", at: time } as const, jitterSeconds });
const asked = (what: "pause" | "resume" | "remove", failureCode: string | null = null) => ({ asked: { what, at, failureCode } });

test.each<[string, Partial<DeploymentSchedule>, number | undefined]>([
  ["Active", {}, now + 30 * 60_000],
  ["Active", asked("remove", "COMMAND_EXPIRED"), now + 30 * 60_000],
  ["Active", once("2026-06-01T13:00:00.000Z"), now + 60 * 60_000],
  ["Active", once("2026-06-01T11:59:30.000Z", 60), undefined],
  ["Active", { when: { kind: "start" } }, undefined],
  ["Done", once("2026-06-01T11:30:00.000Z"), undefined],
  ["Paused", { pausedAt: at }, undefined],
  ["Ended", { removedAt: at }, undefined],
  ["Refused by the runner", { installedAt: null, failureCode: "POLICY_DENIED" }, undefined],
  ["Not on the runner", { installedAt: null, failureCode: "COMMAND_EXPIRED" }, undefined],
  ["On its way to the runner", { installedAt: null }, undefined],
  // until its runner has done it, it fires as before
  ["Pausing", asked("pause"), now + 30 * 60_000],
  ["Ending", asked("remove"), now + 30 * 60_000],
  ["Resuming", { pausedAt: at, ...asked("resume") }, undefined],
])("a schedule is “%s” (%#), and its next time is told only when it comes", (label, more, next) => {
  const schedule = scheduled(more);
  expect(standingOf(schedule, now).label).toBe(label);
  expect(nextTimeOf({ ...created, schedule }, now)).toBe(next);
});

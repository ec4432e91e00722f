import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal } from "../journal/journal.ts";
import { pauseSchedule, removeSchedule } from "../tasks/change-schedule.ts";
import type { TaskContext } from "../tasks/task.ts";
import { type Definition, ScheduleTable } from "./schedule-table.ts";
import { Scheduler } from "./scheduler.ts";

/** The schedules of one runner on its real journal; the hands of its clock are moved by the test. */

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.parse("2026-06-01T12:00:00Z");

let folder: string;
let journal: Journal;
let table: ScheduleTable;
let scheduler: Scheduler;
let now: number;
let cancelled: string[];
let problems: unknown[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-schedules-"));
  now = noon;
  cancelled = [];
  problems = [];
  open();
});
afterEach(() => {
  scheduler.stop();
  journal.close();
  rmSync(folder, { recursive: true, force: true });
  expect(problems).toEqual([]);
});

/** As a process does that has just started, after the last one was killed. */
function open(): void {
  journal = new Journal(path.join(folder, "journal.db"), { clock: () => now });
  table = new ScheduleTable(journal);
  scheduler = new Scheduler({
    table,
    onFired: () => {},
    cancelRun: (runId) => cancelled.push(runId),
    onProblem: (_, error) => problems.push(error),
    clock: () => now,
  });
  scheduler.begin();
}
function restart(): void {
  scheduler.stop();
  journal.close();
  open();
}

function install(schedule: Partial<Schedule> = {}): string {
  const definition: Definition = {
    v: 1,
    deploymentId: randomUUID(),
    workflowVersionId: randomUUID(),
    names: { workflow: "Look" },
    schedule: { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" }, ...schedule },
    profiles: [{ profileId: randomUUID(), name: "Anna" }],
    recording: { title: "Look", steps: [] },
    inputs: {},
  } as unknown as Definition;
  table.install(definition, now);
  return definition.deploymentId;
}
const lookAt = (instant: number) => {
  now = instant;
  scheduler.look();
};
const firings = () => table.toTell(10_000, 10_000).map(({ dueAt, state, reason, count }) => [(dueAt - noon) / hour, state, reason, count]);
const waiting = () => journal.waiting();
/** Ends what waits, as if it had been carried out. */
const endAll = () => {
  for (const { id, runId } of waiting()) if (journal.markRunning(id) && runId) journal.endRun(runId, "succeeded", null);
};

it("a thousand that are due in the same second fire once each, also when the program starts again over it", () => {
  const ids = Array.from({ length: 1_000 }, () => install({ when: { kind: "once", at: new Date(noon + hour).toISOString() } }));
  lookAt(noon + hour - 1);
  expect(firings()).toEqual([]);
  lookAt(noon + hour);
  lookAt(noon + hour + 500);
  restart();
  lookAt(noon + hour + minute);
  const told = table.toTell(10_000, 10_000);
  expect(told.map(({ deploymentId }) => deploymentId).sort()).toEqual([...ids].sort());
  expect(new Set(told.map(({ state, dueAt }) => `${state} ${dueAt}`))).toEqual(new Set([`fired ${noon + hour}`]));
  expect(waiting()).toHaveLength(1_000);
});

describe("eight hours of sleep", () => {
  const wake = noon + 8 * hour + 30 * minute;

  it("are told as missed, with their number, and begin nothing", () => {
    install();
    lookAt(wake);
    expect(firings()).toEqual([[1, "missed", "RUNNER_ASLEEP", 8]]);
    expect(waiting()).toEqual([]);
  });

  it.each<[string, Schedule["missed"], number]>([
    ["one", { policy: "run-once" }, 1],
    ["as many as the schedule says", { policy: "catch-up", limit: 3 }, 3],
  ])("are made up for by %s, each once", (_, missed, count) => {
    install({ missed });
    lookAt(wake);
    lookAt(wake + 1);
    restart();
    const caughtUp = Array.from({ length: count }, (_, index) => [9 - count + index, "fired", "CAUGHT_UP", 1]);
    expect(firings()).toEqual([[1, "missed", "RUNNER_ASLEEP", 8 - count], ...caughtUp]);
  });

  it("are told as time that the program did not run when it was started after them", () => {
    install();
    now = wake;
    restart();
    expect(firings()).toEqual([[1, "missed", "RUNNER_OFF", 8]]);
  });
});

it("a clock that is set back by an hour fires nothing twice, also when the program starts again meanwhile", () => {
  install();
  lookAt(noon + hour);
  lookAt(noon + 2 * hour);
  endAll();
  lookAt(noon + hour + 1);
  restart();
  lookAt(noon + 2 * hour + 1);
  endAll();
  lookAt(noon + 3 * hour);
  expect(firings().map(([at]) => at)).toEqual([1, 2, 3]);
});

const taskContext = (): TaskContext => ({
  ...({} as TaskContext),
  schedules: { table, look: () => scheduler.look() },
  clock: () => now,
});

it("stays when what was to take its place is not here", () => {
  const [old, successor] = [install(), randomUUID()];
  const end = (successorId: string) => removeSchedule({ deploymentId: old, successorId } as TaskPayload<"schedule.remove">, taskContext());
  expect(end(successor)).toEqual({ state: "failed", failureCode: "SUCCESSOR_MISSING" });
  expect(table.definition(old)).toBeDefined();
  expect(end(install())).toEqual({ state: "succeeded" });
  expect(table.definition(old)).toBeUndefined();
});

describe("the times that pass while a schedule is paused", () => {
  const pause = (deploymentId: string, paused: boolean) =>
    pauseSchedule({ deploymentId, paused } as TaskPayload<"schedule.pause">, taskContext());

  it("are told as one when it goes on, with their number, and begin nothing", async () => {
    const id = install({ missed: { policy: "catch-up", limit: 3 } });
    lookAt(noon + hour);
    endAll();
    now = noon + hour + minute;
    await pause(id, true);
    lookAt(noon + 2 * hour);
    restart();
    now = noon + 4 * hour;
    expect(await pause(id, false)).toEqual({ state: "succeeded" });
    // a task may be done twice
    await pause(id, false);
    expect(firings()).toEqual([
      [1, "fired", null, 1],
      [2, "skipped", "PAUSED", 3],
    ]);
    expect(waiting()).toEqual([]);
    lookAt(noon + 5 * hour);
    expect(firings().at(-1)).toEqual([5, "fired", null, 1]);
  });

  it("are told of one that runs once as well, which never comes again", async () => {
    const id = install({ when: { kind: "once", at: new Date(noon + hour).toISOString() } });
    await pause(id, true);
    lookAt(noon + 2 * hour);
    await pause(id, false);
    lookAt(noon + 3 * hour);
    expect(firings()).toEqual([[1, "skipped", "PAUSED", 1]]);
  });

  it("are told of one that begins with the program, too, each", async () => {
    const id = install({ when: { kind: "start" } });
    await pause(id, true);
    now = noon + hour;
    restart();
    expect(firings()).toEqual([[1, "skipped", "PAUSED", 1]]);
    expect(waiting()).toEqual([]);
  });

  it("are none when none passed, and nothing fires twice when the clock was set back meanwhile", async () => {
    const id = install();
    lookAt(noon + hour);
    endAll();
    await pause(id, true);
    now = noon + minute;
    await pause(id, false);
    lookAt(noon + hour + minute);
    expect(firings()).toEqual([[1, "fired", null, 1]]);
  });
});

describe("when the runs of the last time are not over", () => {
  it("a schedule that skips passes over the next, and says why", () => {
    install({ overlap: "skip" });
    lookAt(noon + hour);
    lookAt(noon + 2 * hour);
    endAll();
    lookAt(noon + 3 * hour);
    expect(firings()).toEqual([
      [1, "fired", null, 1],
      [2, "skipped", "STILL_RUNNING", 1],
      [3, "fired", null, 1],
    ]);
  });

  it("also those count that the server asked for: by hand, again, or for a message", () => {
    const deploymentId = install({ overlap: "skip" });
    const [profileId, workflowVersionId, runId] = [randomUUID(), randomUUID(), randomUUID()];
    journal.accept({
      ...{ v: 1, id: randomUUID(), leaseToken: randomUUID(), leaseMs: hour, startWithinMs: hour, kind: "run.start" },
      payload: { runId, profileId, workflowVersionId, deploymentId, recording: {}, inputs: {} },
    });
    lookAt(noon + hour);
    endAll();
    lookAt(noon + 2 * hour);
    expect(firings()).toEqual([
      [1, "skipped", "STILL_RUNNING", 1],
      [2, "fired", null, 1],
    ]);
  });

  it("a schedule that queues has one wait, and no more than one", () => {
    install({ overlap: "queue" });
    lookAt(noon + hour);
    const [first] = waiting();
    journal.markRunning(first?.id ?? "");
    for (const hours of [2, 3]) lookAt(noon + hours * hour);
    expect(firings()).toEqual([
      [1, "fired", null, 1],
      [2, "fired", null, 1],
      [3, "skipped", "QUEUE_FULL", 1],
    ]);
    expect(waiting()).toHaveLength(1);
  });

  it("a schedule that ends the old ones has them cancelled, and begins", () => {
    install({ overlap: "cancel-old" });
    lookAt(noon + hour);
    const [first] = waiting();
    lookAt(noon + 2 * hour);
    expect(cancelled).toEqual([first?.runId]);
    expect(firings().map(([at, state]) => [at, state])).toEqual([
      [1, "fired"],
      [2, "fired"],
    ]);
  });
});

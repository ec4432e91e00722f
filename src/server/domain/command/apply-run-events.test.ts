import { randomUUID } from "node:crypto";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { at, benchStart, type CommandBench, createCommandBench, finished, started } from "@/server/testing/command-bench";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { acceptCommand } from "./accept-command.ts";

let database: TestDatabase;
let db: Db;
let bench: CommandBench;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});
beforeEach(async () => {
  bench = await createCommandBench(db);
});

describe("what happens in a run", () => {
  const step = (index: number): RunEvent[] => [
    { kind: "step-started", at: at(100 + index), index },
    { kind: "step-finished", at: at(150 + index), index, state: "succeeded", durationMs: 50, failureCode: null },
  ];
  const artifact = (): RunEvent => ({
    kind: "artifact",
    at: at(160),
    id: randomUUID(),
    type: "screenshot",
    name: "Step\u0000 1.png",
    stepIndex: 0,
    bytes: 3_000_000_000,
    sha256: "a".repeat(64),
    contentType: "image/png",
  });

  test("a run's events make its states, steps, artifacts, profile and times", async () => {
    const { run, command } = await bench.queueRun();
    const [sent] = await bench.lease();
    await acceptCommand(bench.asRunner, { runnerId: bench.runnerId, commandId: command.id, leaseToken: sent?.leaseToken ?? "" });
    bench.clock.advance(10_000);
    const events = [started(50), ...step(0), artifact(), { kind: "profile-saved", at: at(300), bytes: 1234 } as const, finished(400)];
    expect(await bench.apply(run.id, 1, events, 1_000)).toEqual({ ackedSeq: 6, applied: 6, over: true });
    expect(await bench.runOf(run.id)).toMatchObject({
      state: "succeeded",
      startedAt: new Date(at(1_050)),
      finishedAt: new Date(at(1_400)),
      lastEventSeq: 6,
      steps: [{ index: 0, state: "succeeded", startedAt: new Date(at(1_100)), durationMs: 50 }],
      artifacts: [{ name: "Step 1.png", bytes: 2_147_483_647 }],
    });
    expect(await db.profile.findUniqueOrThrow({ where: { id: bench.scene.profile.id } })).toMatchObject({
      stateSavedAt: new Date(at(1_300)),
      stateBytes: 1234,
    });
    expect(await bench.historyOf(command.id)).toEqual([
      "queued by system",
      "leased by system",
      "accepted by runner",
      "running by runner",
      "succeeded by runner",
    ]);
  });

  test("a step of a loop is one row with its last state and the number of its turns", async () => {
    const { run } = await bench.queueRun();
    await bench.lease();
    const turn = (n: number, state: "succeeded" | "failed" = "succeeded"): RunEvent[] =>
      step(1).map((event) => ({ ...event, turn: n, ...(event.kind === "step-finished" && { state }) }));
    const passedOver: RunEvent = { kind: "step-finished", at: at(300), index: 2, state: "skipped", durationMs: 0, failureCode: null };
    await bench.apply(run.id, 1, [started(1), ...step(0), ...turn(1), ...turn(2)]);
    await bench.apply(run.id, 8, [...turn(40, "failed"), passedOver]);
    expect((await bench.runOf(run.id)).steps.map(({ index, state, turns }) => [index, state, turns])).toEqual([
      [0, "succeeded", 1],
      [1, "failed", 40],
      [2, "skipped", 0],
    ]);
  });

  test("a repeat is taken once, a gap is answered with where to go on", async () => {
    const { run } = await bench.queueRun();
    await bench.lease();
    const all = [started(1), ...step(0), ...step(1), finished(9)];
    expect(await bench.apply(run.id, 1, all.slice(0, 3))).toMatchObject({ ackedSeq: 3, applied: 3 });
    expect(await bench.apply(run.id, 1, all.slice(0, 3))).toMatchObject({ ackedSeq: 3, applied: 0 });
    expect(await bench.apply(run.id, 5, all.slice(4))).toMatchObject({ ackedSeq: 3, applied: 0, over: false });
    expect(await bench.apply(run.id, 2, all.slice(1))).toMatchObject({ ackedSeq: 6, applied: 3, over: true });
    expect((await bench.runOf(run.id)).steps.map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
  });

  test("the same events from two sides at once are stored once", async () => {
    const { run, command } = await bench.queueRun();
    await bench.lease();
    const all = [started(1), ...step(0), artifact(), finished(9)];
    const answers = await Promise.all([bench.apply(run.id, 1, all), bench.apply(run.id, 1, all), bench.apply(run.id, 1, all)]);
    expect(answers.map(({ applied }) => applied).sort()).toEqual([0, 0, 5]);
    expect((await bench.runOf(run.id)).artifacts).toHaveLength(1);
    expect((await bench.historyOf(command.id)).filter((line) => line.startsWith("succeeded"))).toHaveLength(1);
  });

  test("a report by an older lease is not lost, and implies the acceptance that never arrived", async () => {
    const { run, command } = await bench.queueRun();
    await bench.lease();
    await bench.lease({ again: true });
    await bench.lease({ again: true });
    await bench.apply(run.id, 1, [started(1), finished(2, { state: "failed", failureCode: "NAVIGATION_FAILED", failureStep: 0 })]);
    expect(await bench.runOf(run.id)).toMatchObject({ state: "failed", failureCode: "NAVIGATION_FAILED", failureStep: 0 });
    expect((await bench.historyOf(command.id)).slice(2)).toEqual(["accepted by runner", "running by runner", "failed by runner"]);
  });

  test("the first end stays; what comes later is acknowledged", async () => {
    const { run } = await bench.queueRun();
    await bench.lease();
    await bench.apply(run.id, 1, [started(1), { kind: "step-started", at: at(2), index: 0 }, finished(3, { state: "cancelled" })]);
    expect(await bench.apply(run.id, 4, [artifact(), finished(5)])).toMatchObject({ ackedSeq: 5, over: true });
    const row = await bench.runOf(run.id);
    expect(row).toMatchObject({ state: "cancelled", failureCode: "CANCELLED", lastEventSeq: 5 });
    expect(row.artifacts).toHaveLength(1);
    expect(row.steps).toMatchObject([{ state: "skipped" }]);
  });

  test("a runner's clock in another year does not move a run out of its time", async () => {
    const { run } = await bench.queueRun();
    await bench.lease();
    bench.clock.advance(1_000);
    const far = 10 * 365 * 24 * 60 * 60_000;
    await bench.apply(run.id, 1, [started(-far), finished(far)]);
    expect(await bench.runOf(run.id)).toMatchObject({ startedAt: benchStart, finishedAt: new Date(at(1_000)) });
  });

  test("a run that was never sent cannot have happened", async () => {
    const { run } = await bench.queueRun();
    await expectCode(bench.apply(run.id, 1, [started(1)]), "LEASE_STALE");
  });
});

import { randomUUID } from "node:crypto";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createRun, createScene, testClock, testContext } from "@/server/testing/factories";
import { acceptCommand } from "./accept-command.ts";
import { applyRunEvents } from "./apply-run-events.ts";
import { enqueueCommand } from "./enqueue-command.ts";
import { extendLeases } from "./extend-leases.ts";
import { finishCommand } from "./finish-command.ts";
import { leaseCommands } from "./lease-commands.ts";
import { refuseCommand } from "./refuse-command.ts";
import { requestCancel } from "./request-cancel.ts";

const start = new Date("2026-03-01T12:00:00Z");
const connectionId = "server:socket";
let database: TestDatabase;
let db: Db;
let clock: ReturnType<typeof testClock>;
let ctx: Context;
let scene: Awaited<ReturnType<typeof createScene>>;
let runnerId: string;
let asRunner: Context;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});
beforeEach(async () => {
  clock = testClock(start);
  ctx = testContext(db, { kind: "system" }, clock);
  scene = await createScene(db);
  runnerId = scene.runner.id;
  await db.runner.update({ where: { id: runnerId }, data: { connectionId, connectedAt: start, lastSeenAt: start } });
  asRunner = testContext(db, { kind: "runner", runnerId, projectId: scene.projectId }, clock);
});

const lease = (options: Partial<Parameters<typeof leaseCommands>[1]> = {}) => leaseCommands(ctx, { runnerId, connectionId, ...options });
const queueRun = (more: { deadlineAt?: Date } = {}) => createRun(db, { ...scene, createdAt: start, ...more });
const historyOf = async (commandId: string) => {
  const rows = await db.commandTransition.findMany({ where: { commandId }, orderBy: { id: "asc" } });
  return rows.map(({ to, actor }) => `${to} by ${actor.split(":")[0]}`);
};
const runOf = (id: string) =>
  db.run.findUniqueOrThrow({ where: { id }, include: { steps: { orderBy: { index: "asc" } }, artifacts: true } });
const commandOf = (id: string) => db.command.findUniqueOrThrow({ where: { id } });
const at = (ms: number) => start.getTime() + ms;
const started = (ms: number): RunEvent => ({ kind: "started", at: at(ms) });
const finished = (ms: number, more: Partial<Extract<RunEvent, { kind: "finished" }>> = {}): RunEvent => ({
  kind: "finished",
  at: at(ms),
  state: "succeeded",
  failureCode: null,
  failureStep: null,
  ...more,
});
const apply = (runId: string, firstSeq: number, events: RunEvent[], clockOffsetMs = 0) =>
  applyRunEvents(asRunner, { runnerId, runId, firstSeq, events, clockOffsetMs });
const cancel = (commandId: string) => db.$transaction((tx) => requestCancel(tx, testContext(db, scene.actor, clock), commandId));

describe("leasing", () => {
  test("commands come in the order of their queueing, up to the window, each once", async () => {
    const runs = [await queueRun(), await queueRun(), await queueRun()];
    const first = await lease({ window: 2 });
    expect(first.map(({ id }) => id)).toEqual([runs[0]?.command.id, runs[1]?.command.id]);
    expect(first[0]).toMatchObject({ v: 1, kind: "run.start", leaseMs: 30_000, startWithinMs: 24 * 60 * 60_000 });
    expect(await lease({ window: 2 })).toEqual([]);
    expect((await runOf(runs[0]?.run.id ?? "")).state).toBe("leased");
    expect((await runOf(runs[2]?.run.id ?? "")).state).toBe("queued");
  });

  test("an end makes room in the window", async () => {
    const [a, b] = [await queueRun(), await queueRun()];
    await lease({ window: 1 });
    await apply(a.run.id, 1, [started(1), finished(2)]);
    expect((await lease({ window: 1 })).map(({ id }) => id)).toEqual([b.command.id]);
  });

  test("a lease that ended unanswered is given anew, with another token and the last kept", async () => {
    const { command } = await queueRun();
    const [first] = await lease();
    clock.advance(29_000);
    expect(await lease()).toEqual([]);
    clock.advance(1_000);
    const [second] = await lease();
    expect(second?.leaseToken).not.toBe(first?.leaseToken);
    expect(await commandOf(command.id)).toMatchObject({
      leaseToken: second?.leaseToken,
      previousLeaseToken: first?.leaseToken,
      attempts: 2,
    });
    expect(await historyOf(command.id)).toEqual(["queued by system", "leased by system"]);
  });

  test("a new connection gets again what nobody accepted, without waiting", async () => {
    await queueRun();
    const [first] = await lease();
    const [again] = await lease({ again: true });
    expect(again?.id).toBe(first?.id);
  });

  test("two looks at once never lease one command twice", async () => {
    for (let index = 0; index < 6; index += 1) await queueRun();
    const looks = await Promise.all([lease({ window: 4 }), lease({ window: 4 }), lease({ window: 4 })]);
    const ids = looks.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(4);
  });

  test("a command that is not a message fails instead of blocking the others", async () => {
    const [broken, whole] = [await queueRun(), await queueRun()];
    await db.command.update({ where: { id: broken.command.id }, data: { payload: { recording: 7 } } });
    expect((await lease()).map(({ id }) => id)).toEqual([whole.command.id]);
    expect(await runOf(broken.run.id)).toMatchObject({ state: "failed", failureCode: "INTERNAL" });
  });

  test("a connection that does not hold the runner any more gets nothing", async () => {
    await queueRun();
    expect(await lease({ connectionId: "another" })).toEqual([]);
    await db.runner.update({ where: { id: runnerId }, data: { status: "revoked" } });
    expect(await lease()).toEqual([]);
  });

  test("what was never sent before its deadline expires; what was sent is asked about", async () => {
    const [never, sent] = [await queueRun({ deadlineAt: new Date(at(60_000)) }), await queueRun({ deadlineAt: new Date(at(60_000)) })];
    await db.command.update({ where: { id: never.command.id }, data: { createdAt: start } });
    await lease({ window: 1 });
    clock.advance(61_000);
    const [again, ...others] = await lease();
    expect(again).toMatchObject({ id: never.command.id, startWithinMs: -1_000 });
    expect(others).toEqual([]);
    expect(await runOf(sent.run.id)).toMatchObject({ state: "expired", failureCode: "COMMAND_EXPIRED" });
  });
});

describe("acceptance", () => {
  test("the runner's answer accepts; its repeat changes nothing", async () => {
    const { command, run } = await queueRun();
    const [sent] = await lease();
    const answer = { runnerId, commandId: command.id, leaseToken: sent?.leaseToken ?? "" };
    expect(await acceptCommand(asRunner, answer)).toEqual({ state: "accepted", cancelRequested: false });
    expect(await acceptCommand(asRunner, answer)).toEqual({ state: "accepted", cancelRequested: false });
    expect((await runOf(run.id)).state).toBe("accepted");
    expect(await historyOf(command.id)).toEqual(["queued by system", "leased by system", "accepted by runner"]);
  });

  test("a late answer to the delivery before is as good, any other token is stale", async () => {
    const { command } = await queueRun();
    const [first] = await lease();
    await lease({ again: true });
    await expectCode(acceptCommand(asRunner, { runnerId, commandId: command.id, leaseToken: randomUUID() }), "LEASE_STALE");
    const late = await acceptCommand(asRunner, { runnerId, commandId: command.id, leaseToken: first?.leaseToken ?? "" });
    expect(late.state).toBe("accepted");
    expect(await lease({ again: true })).toEqual([]);
  });

  test("another runner cannot answer, report or end what is not its own", async () => {
    const { command, run } = await queueRun();
    const [sent] = await lease();
    const other = (await createScene(db)).runner.id;
    await expectCode(acceptCommand(asRunner, { runnerId: other, commandId: command.id, leaseToken: sent?.leaseToken ?? "" }), "NOT_FOUND");
    const report = { runnerId: other, runId: run.id, firstSeq: 1, events: [finished(1)], clockOffsetMs: 0 };
    await expectCode(applyRunEvents(asRunner, report), "NOT_FOUND");
    await extendLeases(asRunner, { runnerId: other, holding: [{ commandId: command.id, leaseToken: sent?.leaseToken ?? "" }] });
    expect((await commandOf(command.id)).state).toBe("leased");
  });

  test("a refusal that passes brings the command again, one for good fails it", async () => {
    const { command } = await queueRun();
    const [first] = await lease();
    const refusal = { runnerId, commandId: command.id, leaseToken: first?.leaseToken ?? "" };
    expect(await refuseCommand(asRunner, { ...refusal, code: "RATE_LIMITED" })).toEqual({ state: "leased" });
    clock.advance(5_000);
    const [second] = await lease();
    await expectCode(refuseCommand(asRunner, { ...refusal, code: "RECORDING_INVALID" }), "LEASE_STALE");
    await refuseCommand(asRunner, { ...refusal, leaseToken: second?.leaseToken ?? "", code: "RECORDING_INVALID" });
    expect(await commandOf(command.id)).toMatchObject({ state: "failed", failureCode: "STEP_INVALID" });
  });

  test("a heartbeat that names it accepts a command whose answer was lost, and keeps it", async () => {
    const { command } = await queueRun();
    const [sent] = await lease();
    const holding = [{ commandId: command.id, leaseToken: sent?.leaseToken ?? "" }];
    clock.advance(25_000);
    expect(await extendLeases(asRunner, { runnerId, holding })).toEqual({ cancel: [] });
    expect(await commandOf(command.id)).toMatchObject({ state: "accepted", leaseExpiresAt: new Date(at(55_000)) });
  });
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
    const { run, command } = await queueRun();
    const [sent] = await lease();
    await acceptCommand(asRunner, { runnerId, commandId: command.id, leaseToken: sent?.leaseToken ?? "" });
    clock.advance(10_000);
    const events = [started(50), ...step(0), artifact(), { kind: "profile-saved", at: at(300), bytes: 1234 } as const, finished(400)];
    expect(await apply(run.id, 1, events, 1_000)).toEqual({ ackedSeq: 6, applied: 6, over: true });
    expect(await runOf(run.id)).toMatchObject({
      state: "succeeded",
      startedAt: new Date(at(1_050)),
      finishedAt: new Date(at(1_400)),
      lastEventSeq: 6,
      steps: [{ index: 0, state: "succeeded", startedAt: new Date(at(1_100)), durationMs: 50 }],
      artifacts: [{ name: "Step 1.png", bytes: 2_147_483_647 }],
    });
    expect(await db.profile.findUniqueOrThrow({ where: { id: scene.profile.id } })).toMatchObject({
      stateSavedAt: new Date(at(1_300)),
      stateBytes: 1234,
    });
    expect(await historyOf(command.id)).toEqual([
      "queued by system",
      "leased by system",
      "accepted by runner",
      "running by runner",
      "succeeded by runner",
    ]);
  });

  test("a repeat is taken once, a gap is answered with where to go on", async () => {
    const { run } = await queueRun();
    await lease();
    const all = [started(1), ...step(0), ...step(1), finished(9)];
    expect(await apply(run.id, 1, all.slice(0, 3))).toMatchObject({ ackedSeq: 3, applied: 3 });
    expect(await apply(run.id, 1, all.slice(0, 3))).toMatchObject({ ackedSeq: 3, applied: 0 });
    expect(await apply(run.id, 5, all.slice(4))).toMatchObject({ ackedSeq: 3, applied: 0, over: false });
    expect(await apply(run.id, 2, all.slice(1))).toMatchObject({ ackedSeq: 6, applied: 3, over: true });
    expect((await runOf(run.id)).steps.map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
  });

  test("the same events from two sides at once are stored once", async () => {
    const { run, command } = await queueRun();
    await lease();
    const all = [started(1), ...step(0), artifact(), finished(9)];
    const answers = await Promise.all([apply(run.id, 1, all), apply(run.id, 1, all), apply(run.id, 1, all)]);
    expect(answers.map(({ applied }) => applied).sort()).toEqual([0, 0, 5]);
    expect((await runOf(run.id)).artifacts).toHaveLength(1);
    expect((await historyOf(command.id)).filter((line) => line.startsWith("succeeded"))).toHaveLength(1);
  });

  test("a report by an older lease is not lost, and implies the acceptance that never arrived", async () => {
    const { run, command } = await queueRun();
    await lease();
    await lease({ again: true });
    await lease({ again: true });
    await apply(run.id, 1, [started(1), finished(2, { state: "failed", failureCode: "NAVIGATION_FAILED", failureStep: 0 })]);
    expect(await runOf(run.id)).toMatchObject({ state: "failed", failureCode: "NAVIGATION_FAILED", failureStep: 0 });
    expect((await historyOf(command.id)).slice(2)).toEqual(["accepted by runner", "running by runner", "failed by runner"]);
  });

  test("the first end stays; what comes later is acknowledged", async () => {
    const { run } = await queueRun();
    await lease();
    await apply(run.id, 1, [started(1), { kind: "step-started", at: at(2), index: 0 }, finished(3, { state: "cancelled" })]);
    expect(await apply(run.id, 4, [artifact(), finished(5)])).toMatchObject({ ackedSeq: 5, over: true });
    const row = await runOf(run.id);
    expect(row).toMatchObject({ state: "cancelled", failureCode: "CANCELLED", lastEventSeq: 5 });
    expect(row.artifacts).toHaveLength(1);
    expect(row.steps).toMatchObject([{ state: "skipped" }]);
  });

  test("a runner's clock in another year does not move a run out of its time", async () => {
    const { run } = await queueRun();
    await lease();
    clock.advance(1_000);
    const far = 10 * 365 * 24 * 60 * 60_000;
    await apply(run.id, 1, [started(-far), finished(far)]);
    expect(await runOf(run.id)).toMatchObject({ startedAt: start, finishedAt: new Date(at(1_000)) });
  });

  test("a run that was never sent cannot have happened", async () => {
    const { run } = await queueRun();
    await expectCode(apply(run.id, 1, [started(1)]), "LEASE_STALE");
  });
});

describe("cancelling", () => {
  test("what was never sent is cancelled at once, with its run", async () => {
    const { run, command } = await queueRun();
    expect(await cancel(command.id)).toEqual({ state: "cancelled" });
    expect(await runOf(run.id)).toMatchObject({
      state: "cancelled",
      failureCode: "CANCELLED",
      cancelRequestedAt: start,
      finishedAt: start,
    });
    expect(await lease()).toEqual([]);
    expect(await historyOf(command.id)).toEqual(["queued by system", "cancelled by user"]);
  });

  test("what was sent is asked for until the runner confirms it", async () => {
    const { run, command } = await queueRun();
    const [sent] = await lease();
    const holding = [{ commandId: command.id, leaseToken: sent?.leaseToken ?? "" }];
    expect(await cancel(command.id)).toEqual({ state: "leased" });
    expect(await acceptCommand(asRunner, { runnerId, commandId: command.id, leaseToken: sent?.leaseToken ?? "" })).toEqual({
      state: "accepted",
      cancelRequested: true,
    });
    expect(await extendLeases(asRunner, { runnerId, holding })).toEqual({ cancel: [command.id] });
    await apply(run.id, 1, [started(1)]);
    expect(await cancel(command.id)).toEqual({ state: "running" });
    expect(await extendLeases(asRunner, { runnerId, holding })).toEqual({ cancel: [command.id] });
    await apply(run.id, 2, [finished(2, { state: "cancelled", failureCode: "CANCELLED" })]);
    expect((await runOf(run.id)).state).toBe("cancelled");
    expect(await cancel(command.id)).toEqual({ state: "cancelled" });
    expect(await extendLeases(asRunner, { runnerId, holding: [] })).toEqual({ cancel: [] });
  });

  test("a delivery after the cancel does not let the run begin", async () => {
    const { run, command } = await queueRun();
    await lease();
    await cancel(command.id);
    expect((await lease({ again: true }))[0]).toMatchObject({ id: command.id, startWithinMs: 0 });
    await apply(run.id, 1, [finished(1, { state: "failed", failureCode: "COMMAND_EXPIRED" })]);
    expect(await runOf(run.id)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED" });
  });

  test("a success that came before the cancel stays a success", async () => {
    const { run, command } = await queueRun();
    await lease();
    await cancel(command.id);
    await apply(run.id, 1, [started(1), finished(2)]);
    expect((await runOf(run.id)).state).toBe("succeeded");
  });

  test("a runner that holds what is over here is told to stop it", async () => {
    const { command } = await queueRun();
    const unknown = { commandId: randomUUID(), leaseToken: randomUUID() };
    await lease();
    await cancel(command.id);
    await refuseCommand(asRunner, {
      runnerId,
      commandId: command.id,
      leaseToken: (await commandOf(command.id)).leaseToken ?? "",
      code: "RATE_LIMITED",
    });
    expect((await commandOf(command.id)).state).toBe("cancelled");
    const holding = [{ commandId: command.id, leaseToken: randomUUID() }, unknown];
    expect(await extendLeases(asRunner, { runnerId, holding })).toEqual({ cancel: [command.id, unknown.commandId] });
  });
});

describe("commands that are not runs", () => {
  test("the first end is recorded, a repeat is acknowledged", async () => {
    const { id } = await db.$transaction((tx) =>
      enqueueCommand(tx, testContext(db, scene.actor, clock), {
        projectId: scene.projectId,
        runnerId,
        kind: "profile.delete",
        payload: { profileId: scene.profile.id },
        deadlineAt: new Date(at(60_000)),
      }),
    );
    expect(await lease()).toMatchObject([{ id, kind: "profile.delete", payload: { profileId: scene.profile.id } }]);
    const outcome = { runnerId, commandId: id, state: "succeeded", failureCode: null } as const;
    expect(await finishCommand(asRunner, outcome)).toEqual({ state: "succeeded" });
    expect(await finishCommand(asRunner, { ...outcome, state: "failed" })).toEqual({ state: "succeeded" });
    expect(await historyOf(id)).toEqual(["queued by user", "leased by system", "accepted by runner", "succeeded by runner"]);
    expect((await commandOf(id)).requestedById).toBe(scene.owner.id);
  });

  test("a run cannot be ended without its events", async () => {
    const { command } = await queueRun();
    await lease();
    await expectCode(finishCommand(asRunner, { runnerId, commandId: command.id, state: "succeeded", failureCode: null }), "NOT_FOUND");
  });
});

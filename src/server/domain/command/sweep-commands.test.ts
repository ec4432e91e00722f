import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { dropDeadConnections } from "@/server/domain/runner/disconnect-runner";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene, testClock, testContext } from "@/server/testing/factories";
import { acceptCommand } from "./accept-command.ts";
import { applyRunEvents } from "./apply-run-events.ts";
import { extendLeases } from "./extend-leases.ts";
import { leaseCommands } from "./lease-commands.ts";
import { requestCancel } from "./request-cancel.ts";
import { sweepCommands } from "./sweep-commands.ts";

const start = new Date("2026-03-01T12:00:00Z");
const minute = 60_000;
const hour = 60 * minute;
const connectionId = "server:socket";
let database: TestDatabase;
let db: Db;
let clock: ReturnType<typeof testClock>;
let ctx: Context;
let scene: Awaited<ReturnType<typeof createScene>>;
let runnerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});
beforeEach(async () => {
  await db.command.deleteMany();
  await db.runner.updateMany({ data: { connectionId: null } });
  clock = testClock(start);
  ctx = testContext(db, { kind: "system" }, clock);
  scene = await createScene(db);
  runnerId = scene.runner.id;
  await db.runner.update({ where: { id: runnerId }, data: { connectionId, connectedAt: start, lastSeenAt: start } });
});

const queueRun = () => createRun(db, { ...scene, createdAt: start, deadlineAt: new Date(start.getTime() + hour) });
const heard = () => db.runner.update({ where: { id: runnerId }, data: { lastSeenAt: clock.now() } });
const gone = () => db.runner.update({ where: { id: runnerId }, data: { connectionId: null } });
const stateOf = async (id: string) => {
  const { state, failureCode } = await db.run.findUniqueOrThrow({ where: { id } });
  return `${state} ${failureCode ?? ""}`.trim();
};
async function acceptedRun() {
  const { run, command } = await queueRun();
  const { messages } = await leaseCommands(ctx, { runnerId, connectionId });
  const [sent] = messages;
  const holding = [{ commandId: command.id, leaseToken: sent?.leaseToken ?? "" }];
  await acceptCommand(ctx, { runnerId, commandId: command.id, leaseToken: sent?.leaseToken ?? "" });
  return { run, command, holding };
}

describe("every run ends", () => {
  test("one that was never sent expires at its deadline, not before", async () => {
    const { run } = await queueRun();
    clock.advance(hour - 1);
    expect(await sweepCommands(ctx)).toEqual({});
    clock.advance(1);
    expect(await sweepCommands(ctx)).toEqual({ expired: 1 });
    expect(await stateOf(run.id)).toBe("expired COMMAND_EXPIRED");
    expect(await sweepCommands(ctx)).toEqual({});
  });

  test("one whose runner went away is waited for, and given up a day after its deadline", async () => {
    const { run } = await acceptedRun();
    await gone();
    clock.advance(24 * hour);
    expect(await sweepCommands(ctx)).toEqual({});
    clock.advance(hour);
    expect(await sweepCommands(ctx)).toEqual({ lost: 1 });
    expect(await stateOf(run.id)).toBe("failed RUNNER_LOST");
  });

  test("one that was sent and never answered is given up the same way", async () => {
    const { run } = await queueRun();
    await leaseCommands(ctx, { runnerId, connectionId });
    await gone();
    clock.advance(25 * hour);
    expect(await sweepCommands(ctx)).toEqual({ lost: 1 });
    expect(await stateOf(run.id)).toBe("failed RUNNER_LOST");
  });

  test("one that its runner holds for days goes on", async () => {
    const { run, holding } = await acceptedRun();
    clock.advance(72 * hour);
    await heard();
    await extendLeases(ctx, { runnerId, holding });
    expect(await sweepCommands(ctx)).toEqual({});
    expect(await stateOf(run.id)).toBe("accepted");
  });

  test("one that its connected runner does not know any more is given up", async () => {
    const { run } = await acceptedRun();
    clock.advance(10 * minute);
    await heard();
    expect(await sweepCommands(ctx)).toEqual({});
    clock.advance(6 * minute);
    await heard();
    expect(await sweepCommands(ctx)).toEqual({ forgotten: 1 });
    expect(await stateOf(run.id)).toBe("failed RUNNER_LOST");
  });

  test.each(["revoked", "rejected", "locked"] as const)("those of a runner that is %s fail, whatever their state", async (status) => {
    const taken = await acceptedRun();
    const queued = await queueRun();
    await db.runner.update({ where: { id: runnerId }, data: { status } });
    expect(await sweepCommands(ctx)).toEqual({ distrusted: 2 });
    expect(await stateOf(taken.run.id)).toBe("failed RUNNER_REVOKED");
    expect(await stateOf(queued.run.id)).toBe("failed RUNNER_REVOKED");
  });

  test("a cancel that the runner cannot confirm holds when the lease ends", async () => {
    const { run, command } = await acceptedRun();
    await db.$transaction((tx) => requestCancel(tx, ctx, command.id));
    await gone();
    expect(await sweepCommands(ctx)).toEqual({});
    clock.advance(30_000);
    expect(await sweepCommands(ctx)).toEqual({ cancelled: 1 });
    expect(await stateOf(run.id)).toBe("cancelled CANCEL_UNCONFIRMED");
  });

  test.each([
    ["cancelled", "CANCEL_CONFIRMED"],
    ["succeeded", "ALREADY_SUCCEEDED"],
  ] as const)("a cancel that was not confirmed stands when the runner is back and had %s, and says so", async (state, reason) => {
    const { run, command } = await acceptedRun();
    await db.$transaction((tx) => requestCancel(tx, ctx, command.id));
    await gone();
    clock.advance(30_000);
    await sweepCommands(ctx);
    const end = { kind: "finished", at: clock.now().getTime(), state, failureCode: null, failureStep: null } as const;
    for (let repeat = 0; repeat < 2; repeat++) {
      await applyRunEvents(ctx, { runnerId, runId: run.id, firstSeq: 1, events: [end], clockOffsetMs: 0 });
    }
    expect(await stateOf(run.id)).toBe("cancelled CANCELLED");
    const history = await db.commandTransition.findMany({ where: { commandId: command.id }, orderBy: { id: "asc" } });
    expect(history.map((row) => `${row.from} ${row.to} ${row.reason}`)).toEqual([
      "null queued null",
      "queued leased null",
      "leased accepted null",
      "accepted accepted CANCEL_REQUESTED",
      "accepted cancelled CANCEL_UNCONFIRMED",
      `cancelled cancelled ${reason}`,
    ]);
  });

  test("the database refuses to rewrite the history", async () => {
    const { command } = await queueRun();
    await expect(db.commandTransition.updateMany({ where: { commandId: command.id }, data: { actor: "nobody" } })).rejects.toThrow(
      "append-only",
    );
  });

  test("two sweeps at once end each run once", async () => {
    const { command } = await queueRun();
    clock.advance(hour);
    const counts = await Promise.all([sweepCommands(ctx), sweepCommands(ctx)]);
    expect(counts.filter((count) => count.expired === 1)).toHaveLength(1);
    expect(await db.commandTransition.count({ where: { commandId: command.id, to: "expired" } })).toBe(1);
  });
});

test("connections that a killed server left behind are cleared once their heartbeats stay away", async () => {
  clock.advance(30_000);
  expect(await dropDeadConnections(ctx)).toBe(0);
  clock.advance(1);
  expect(await dropDeadConnections(ctx)).toBe(1);
  expect((await db.runner.findUniqueOrThrow({ where: { id: runnerId } })).connectionId).toBeNull();
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { at, benchStart, type CommandBench, createCommandBench, finished, started } from "@/server/testing/command-bench";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createScene } from "@/server/testing/factories";
import { acceptCommand } from "./accept-command.ts";
import { applyRunEvents } from "./apply-run-events.ts";
import { extendLeases } from "./extend-leases.ts";
import { leaseCommands } from "./lease-commands.ts";
import { refuseCommand } from "./refuse-command.ts";

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

describe("leasing", () => {
  test("commands come in the order of their queueing, up to the window, each once", async () => {
    const runs = [await bench.queueRun(), await bench.queueRun(), await bench.queueRun()];
    const first = await bench.lease({ window: 2 });
    expect(first.map(({ id }) => id)).toEqual([runs[0]?.command.id, runs[1]?.command.id]);
    expect(first[0]).toMatchObject({ v: 1, kind: "run.start", leaseMs: 30_000, startWithinMs: 24 * 60 * 60_000 });
    expect(await bench.lease({ window: 2 })).toEqual([]);
    expect((await bench.runOf(runs[0]?.run.id ?? "")).state).toBe("leased");
    expect((await bench.runOf(runs[2]?.run.id ?? "")).state).toBe("queued");
  });

  test("looks for several runners at once give each its own, and tell where the window was full", async () => {
    const other = await createCommandBench(db);
    const [a, b, c] = [await bench.queueRun(), await other.queueRun(), await other.queueRun()];
    const look = ({ ctx, runnerId }: CommandBench, window: number) =>
      leaseCommands(ctx, { runnerId, connectionId: "server:socket", window });
    const [mine, theirs] = await Promise.all([look(bench, 2), look({ ...other, ctx: bench.ctx }, 1)]);
    expect(mine).toMatchObject({ messages: [{ id: a.command.id }], isFull: false });
    expect(theirs).toMatchObject({ messages: [{ id: b.command.id }], isFull: true });
    expect(await look(other, 1)).toEqual({ messages: [], isFull: undefined });
    await other.apply(b.run.id, 1, [started(1), finished(2)]);
    expect(await look(other, 2)).toMatchObject({ messages: [{ id: c.command.id }], isFull: false });
  });

  test("an end makes room in the window", async () => {
    const [a, b] = [await bench.queueRun(), await bench.queueRun()];
    await bench.lease({ window: 1 });
    await bench.apply(a.run.id, 1, [started(1), finished(2)]);
    expect((await bench.lease({ window: 1 })).map(({ id }) => id)).toEqual([b.command.id]);
  });

  test("a lease that ended unanswered is given anew, with another token and the last kept", async () => {
    const { command } = await bench.queueRun();
    const [first] = await bench.lease();
    bench.clock.advance(29_000);
    expect(await bench.lease()).toEqual([]);
    bench.clock.advance(1_000);
    const [second] = await bench.lease();
    expect(second?.leaseToken).not.toBe(first?.leaseToken);
    expect(await bench.commandOf(command.id)).toMatchObject({
      leaseToken: second?.leaseToken,
      previousLeaseToken: first?.leaseToken,
      attempts: 2,
    });
    expect(await bench.historyOf(command.id)).toEqual(["queued by system", "leased by system"]);
  });

  test("a new connection gets again what nobody accepted, without waiting", async () => {
    await bench.queueRun();
    const [first] = await bench.lease();
    const [again] = await bench.lease({ again: true });
    expect(again?.id).toBe(first?.id);
  });

  test("two looks at once never lease one command twice", async () => {
    for (let index = 0; index < 6; index += 1) await bench.queueRun();
    const looks = await Promise.all([bench.lease({ window: 4 }), bench.lease({ window: 4 }), bench.lease({ window: 4 })]);
    const ids = looks.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(4);
  });

  test("a command that is not a message fails instead of blocking the others", async () => {
    const [broken, whole] = [await bench.queueRun(), await bench.queueRun()];
    await db.command.update({ where: { id: broken.command.id }, data: { payload: { recording: 7 } } });
    expect((await bench.lease()).map(({ id }) => id)).toEqual([whole.command.id]);
    expect(await bench.runOf(broken.run.id)).toMatchObject({ state: "failed", failureCode: "INTERNAL" });
  });

  test("a connection that does not hold the runner any more gets nothing", async () => {
    await bench.queueRun();
    expect(await bench.lease({ connectionId: "another" })).toEqual([]);
    await db.runner.update({ where: { id: bench.runnerId }, data: { status: "revoked" } });
    expect(await bench.lease()).toEqual([]);
  });

  test("what was never sent before its deadline expires; what was sent is asked about", async () => {
    const [never, sent] = [
      await bench.queueRun({ deadlineAt: new Date(at(60_000)) }),
      await bench.queueRun({ deadlineAt: new Date(at(60_000)) }),
    ];
    await db.command.update({ where: { id: never.command.id }, data: { createdAt: benchStart } });
    await bench.lease({ window: 1 });
    bench.clock.advance(61_000);
    const [again, ...others] = await bench.lease();
    expect(again).toMatchObject({ id: never.command.id, startWithinMs: -1_000 });
    expect(others).toEqual([]);
    expect(await bench.runOf(sent.run.id)).toMatchObject({ state: "expired", failureCode: "COMMAND_EXPIRED" });
  });
});

describe("acceptance", () => {
  test("the runner's answer accepts; its repeat changes nothing", async () => {
    const { command, run } = await bench.queueRun();
    const [sent] = await bench.lease();
    const answer = { runnerId: bench.runnerId, commandId: command.id, leaseToken: sent?.leaseToken ?? "" };
    expect(await acceptCommand(bench.asRunner, answer)).toEqual({ state: "accepted", cancelRequested: false });
    expect(await acceptCommand(bench.asRunner, answer)).toEqual({ state: "accepted", cancelRequested: false });
    expect((await bench.runOf(run.id)).state).toBe("accepted");
    expect(await bench.historyOf(command.id)).toEqual(["queued by system", "leased by system", "accepted by runner"]);
  });

  test("a late answer to the delivery before is as good, any other token is stale", async () => {
    const { command } = await bench.queueRun();
    const [first] = await bench.lease();
    await bench.lease({ again: true });
    await expectCode(
      acceptCommand(bench.asRunner, { runnerId: bench.runnerId, commandId: command.id, leaseToken: randomUUID() }),
      "LEASE_STALE",
    );
    const late = await acceptCommand(bench.asRunner, {
      runnerId: bench.runnerId,
      commandId: command.id,
      leaseToken: first?.leaseToken ?? "",
    });
    expect(late.state).toBe("accepted");
    expect(await bench.lease({ again: true })).toEqual([]);
  });

  test("another runner cannot answer, report or end what is not its own", async () => {
    const { command, run } = await bench.queueRun();
    const [sent] = await bench.lease();
    const other = (await createScene(db)).runner.id;
    await expectCode(
      acceptCommand(bench.asRunner, { runnerId: other, commandId: command.id, leaseToken: sent?.leaseToken ?? "" }),
      "NOT_FOUND",
    );
    const report = { runnerId: other, runId: run.id, firstSeq: 1, events: [finished(1)], clockOffsetMs: 0 };
    await expectCode(applyRunEvents(bench.asRunner, report), "NOT_FOUND");
    await extendLeases(bench.asRunner, { runnerId: other, holding: [{ commandId: command.id, leaseToken: sent?.leaseToken ?? "" }] });
    expect((await bench.commandOf(command.id)).state).toBe("leased");
  });

  test("a refusal that passes brings the command again, one for good fails it", async () => {
    const { command } = await bench.queueRun();
    const [first] = await bench.lease();
    const refusal = { runnerId: bench.runnerId, commandId: command.id, leaseToken: first?.leaseToken ?? "" };
    expect(await refuseCommand(bench.asRunner, { ...refusal, code: "RATE_LIMITED" })).toEqual({ state: "leased" });
    bench.clock.advance(5_000);
    const [second] = await bench.lease();
    await expectCode(refuseCommand(bench.asRunner, { ...refusal, code: "RECORDING_INVALID" }), "LEASE_STALE");
    await refuseCommand(bench.asRunner, { ...refusal, leaseToken: second?.leaseToken ?? "", code: "RECORDING_INVALID" });
    expect(await bench.commandOf(command.id)).toMatchObject({ state: "failed", failureCode: "STEP_INVALID" });
  });

  test("a heartbeat that names it accepts a command whose answer was lost, and keeps it", async () => {
    const { command } = await bench.queueRun();
    const [sent] = await bench.lease();
    const holding = [{ commandId: command.id, leaseToken: sent?.leaseToken ?? "" }];
    bench.clock.advance(25_000);
    expect(await extendLeases(bench.asRunner, { runnerId: bench.runnerId, holding })).toEqual({ cancel: [] });
    expect(await bench.commandOf(command.id)).toMatchObject({ state: "accepted", leaseExpiresAt: new Date(at(55_000)) });
  });
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { at, benchStart, type CommandBench, createCommandBench, finished, started } from "@/server/testing/command-bench";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { acceptCommand } from "./accept-command.ts";
import { enqueueCommand } from "./enqueue-command.ts";
import { extendLeases } from "./extend-leases.ts";
import { finishCommand } from "./finish-command.ts";
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

describe("cancelling", () => {
  test("what was never sent is cancelled at once, with its run", async () => {
    const { run, command } = await bench.queueRun();
    expect(await bench.cancel(command.id)).toEqual({ state: "cancelled" });
    expect(await bench.runOf(run.id)).toMatchObject({
      state: "cancelled",
      failureCode: "CANCELLED",
      cancelRequestedAt: benchStart,
      finishedAt: benchStart,
    });
    expect(await bench.lease()).toEqual([]);
    expect(await bench.historyOf(command.id)).toEqual(["queued by system", "cancelled by user"]);
  });

  test("what was sent is asked for until the runner confirms it", async () => {
    const { run, command } = await bench.queueRun();
    const [sent] = await bench.lease();
    const holding = [{ commandId: command.id, leaseToken: sent?.leaseToken ?? "" }];
    expect(await bench.cancel(command.id)).toEqual({ state: "leased" });
    expect(
      await acceptCommand(bench.asRunner, { runnerId: bench.runnerId, commandId: command.id, leaseToken: sent?.leaseToken ?? "" }),
    ).toEqual({
      state: "accepted",
      cancelRequested: true,
    });
    expect(await extendLeases(bench.asRunner, { runnerId: bench.runnerId, holding })).toEqual({ cancel: [command.id] });
    await bench.apply(run.id, 1, [started(1)]);
    expect(await bench.cancel(command.id)).toEqual({ state: "running" });
    expect(await extendLeases(bench.asRunner, { runnerId: bench.runnerId, holding })).toEqual({ cancel: [command.id] });
    await bench.apply(run.id, 2, [finished(2, { state: "cancelled", failureCode: "CANCELLED" })]);
    expect((await bench.runOf(run.id)).state).toBe("cancelled");
    expect(await bench.cancel(command.id)).toEqual({ state: "cancelled" });
    expect(await extendLeases(bench.asRunner, { runnerId: bench.runnerId, holding: [] })).toEqual({ cancel: [] });
  });

  test("a delivery after the cancel does not let the run begin", async () => {
    const { run, command } = await bench.queueRun();
    await bench.lease();
    await bench.cancel(command.id);
    expect((await bench.lease({ again: true }))[0]).toMatchObject({ id: command.id, startWithinMs: 0 });
    await bench.apply(run.id, 1, [finished(1, { state: "failed", failureCode: "COMMAND_EXPIRED" })]);
    expect(await bench.runOf(run.id)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED" });
  });

  test("a success that came before the cancel stays a success", async () => {
    const { run, command } = await bench.queueRun();
    await bench.lease();
    await bench.cancel(command.id);
    await bench.apply(run.id, 1, [started(1), finished(2)]);
    expect((await bench.runOf(run.id)).state).toBe("succeeded");
  });

  test("a runner that holds what is over here is told to stop it", async () => {
    const { command } = await bench.queueRun();
    const unknown = { commandId: randomUUID(), leaseToken: randomUUID() };
    await bench.lease();
    await bench.cancel(command.id);
    await refuseCommand(bench.asRunner, {
      runnerId: bench.runnerId,
      commandId: command.id,
      leaseToken: (await bench.commandOf(command.id)).leaseToken ?? "",
      code: "RATE_LIMITED",
    });
    expect((await bench.commandOf(command.id)).state).toBe("cancelled");
    const holding = [{ commandId: command.id, leaseToken: randomUUID() }, unknown];
    expect(await extendLeases(bench.asRunner, { runnerId: bench.runnerId, holding })).toEqual({ cancel: [command.id, unknown.commandId] });
  });
});

describe("commands that are not runs", () => {
  test("the first end is recorded, a repeat is acknowledged", async () => {
    const { id } = await db.$transaction((tx) =>
      enqueueCommand(tx, bench.asOwner, {
        projectId: bench.scene.projectId,
        runnerId: bench.runnerId,
        kind: "profile.delete",
        payload: { profileId: bench.scene.profile.id },
        deadlineAt: new Date(at(60_000)),
      }),
    );
    expect(await bench.lease()).toMatchObject([{ id, kind: "profile.delete", payload: { profileId: bench.scene.profile.id } }]);
    const outcome = { runnerId: bench.runnerId, commandId: id, state: "succeeded", failureCode: null } as const;
    expect(await finishCommand(bench.asRunner, outcome)).toEqual({ state: "succeeded" });
    expect(await finishCommand(bench.asRunner, { ...outcome, state: "failed" })).toEqual({ state: "succeeded" });
    expect(await bench.historyOf(id)).toEqual(["queued by user", "leased by system", "accepted by runner", "succeeded by runner"]);
    expect((await bench.commandOf(id)).requestedById).toBe(bench.scene.owner.id);
  });

  test("a run cannot be ended without its events", async () => {
    const { command } = await bench.queueRun();
    await bench.lease();
    await expectCode(
      finishCommand(bench.asRunner, { runnerId: bench.runnerId, commandId: command.id, state: "succeeded", failureCode: null }),
      "NOT_FOUND",
    );
  });
});

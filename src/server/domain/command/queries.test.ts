import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { cancelRun } from "@/server/domain/run/cancel-run";
import { type CommandBench, createCommandBench, finished, started } from "@/server/testing/command-bench";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createProject, testContext } from "@/server/testing/factories";
import { enqueueCommand } from "./enqueue-command.ts";
import { listRunnerActivity } from "./queries.ts";

let database: TestDatabase;
let db: Db;
let bench: CommandBench;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  bench = await createCommandBench(db);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

describe("a runner's activity", () => {
  test("tells of each command what it is, what became of it and who caused each change", async () => {
    const { run } = await bench.queueRun();
    await bench.lease();
    await bench.apply(run.id, 1, [started(10)]);
    await cancelRun(bench.asOwner, { id: run.id });
    await bench.apply(run.id, 2, [finished(20, { state: "cancelled", failureCode: "CANCELLED" })]);
    const { profile, workflow, owner, runner } = bench.scene;
    const { items } = await listRunnerActivity(bench.asOwner, { id: bench.runnerId, limit: 25 });
    expect(items).toMatchObject([
      { kind: "run.start", runId: run.id, workflowName: workflow.name, profileName: profile.name, state: "cancelled", attempts: 1 },
    ]);
    expect(items[0]?.history.map(({ from, to, by, reason }) => [from, to, by.kind, by.name, reason])).toEqual([
      [null, "queued", "system", null, null],
      ["queued", "leased", "system", null, null],
      ["leased", "accepted", "runner", runner.name, null],
      ["accepted", "running", "runner", runner.name, null],
      ["running", "running", "user", owner.name, "CANCEL_REQUESTED"],
      ["running", "cancelled", "runner", runner.name, "CANCELLED"],
    ]);
  });

  test("names the profile that was to be deleted, and who asked", async () => {
    const { profile, owner, projectId } = bench.scene;
    await db.$transaction((tx) =>
      enqueueCommand(tx, bench.asOwner, {
        projectId,
        runnerId: bench.runnerId,
        kind: "profile.delete",
        payload: { profileId: profile.id },
        deadlineAt: bench.clock.now(),
      }),
    );
    const { items } = await listRunnerActivity(bench.asOwner, { id: bench.runnerId, limit: 25, state: "active" });
    expect(items).toMatchObject([
      { kind: "profile.delete", profileName: profile.name, workflowName: null, requestedBy: { kind: "user", name: owner.name } },
    ]);
  });

  test("is paged, newest first, without a row twice or missing", async () => {
    const queued = await Promise.all(Array.from({ length: 5 }, () => bench.queueRun()));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listRunnerActivity(bench.asOwner, { id: bench.runnerId, limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(queued.map(({ command }) => command.id)));
  });

  test("is nobody else's to read", async () => {
    const stranger = actorOf((await createProject(db)).owner);
    await expectCode(listRunnerActivity(testContext(db, stranger), { id: bench.runnerId, limit: 25 }), "NOT_FOUND");
  });
});

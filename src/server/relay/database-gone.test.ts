import { randomUUID } from "node:crypto";
import type { Command } from "@deskhand/shared/protocol/commands";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { type PrivatePostgres, startPrivatePostgres } from "@/server/testing/database";
import { createRun, createScene } from "@/server/testing/factories";
import { dialRunner, startTestRelay, type TestRelay } from "@/server/testing/test-relay";

let postgres: PrivatePostgres;
let db: Db;
let server: TestRelay;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  db = createDb(postgres.url);
  server = await startTestRelay(postgres.url, { pollMs: 100 });
});
afterAll(async () => {
  await server?.close();
  await db?.$disconnect();
  await postgres?.remove();
});

test("while the database is away runners stay, are told to keep what they report, and nothing is lost when it is back", async () => {
  const scene = await createScene(db);
  const [first, second] = [await createRun(db, scene), await createRun(db, scene)];
  const runner = dialRunner(server.url, scene.runner);
  await runner.welcome();
  const sent = await runner.next<Command>("command");
  sent.answer({ v: 1, status: "accepted", leaseToken: sent.message.leaseToken });
  const events = {
    v: 1,
    runId: first.run.id,
    leaseToken: sent.message.leaseToken,
    firstSeq: 1,
    events: [
      { kind: "started", at: Date.now() },
      { kind: "finished", at: Date.now(), state: "succeeded", failureCode: null, failureStep: null },
    ],
  };
  const other = await runner.next<Command>("command");

  await postgres.stop();
  const unavailable = { v: 1, ok: false, code: "DATABASE_UNAVAILABLE" };
  other.answer({ v: 1, status: "accepted", leaseToken: other.message.leaseToken });
  expect(await runner.ask("run-events", events)).toEqual(unavailable);
  expect(await runner.ask("heartbeat", { v: 1, clock: Date.now(), holding: [] })).toEqual(unavailable);
  const newcomer = dialRunner(server.url, { id: randomUUID(), privateKey: scene.runner.privateKey });
  expect((await newcomer.next("refused")).message).toEqual({ v: 1, code: "DATABASE_UNAVAILABLE", final: false });
  expect(runner.socket.connected).toBe(true);

  await postgres.start();
  await vi.waitFor(async () => expect(await runner.ask("run-events", events)).toEqual({ v: 1, ok: true, ackedSeq: 2 }));
  const holding = [{ commandId: second.command.id, leaseToken: other.message.leaseToken }];
  await vi.waitFor(async () => expect(await runner.ask("heartbeat", { v: 1, clock: Date.now(), holding })).toMatchObject({ cancel: [] }));
  const states = await db.run.findMany({ where: { projectId: scene.projectId }, orderBy: { id: "asc" }, select: { state: true } });
  expect(states).toEqual([{ state: "succeeded" }, { state: "accepted" }]);
  expect(runner.socket.connected).toBe(true);
  runner.leave();
});

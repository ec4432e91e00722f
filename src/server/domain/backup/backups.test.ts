import type { BackupFacts } from "@deskhand/shared/protocol/backup-report";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createScene, testClock, testContext } from "@/server/testing/factories";
import { getBackup } from "./queries.ts";
import { recordBackupReport } from "./record-backup-report.ts";
import { runBackup } from "./run-backup.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const hour = 3_600_000;

test("what a runner says of its backups is told by our clock, and is overdue when it should be, also with the runner away", async () => {
  const { projectId, actor, runner } = await createScene(db);
  const clock = testClock();
  const ctx = testContext(db, actor, clock);
  const runnerId = runner.id;
  expect(await getBackup(ctx, { id: runnerId })).toMatchObject({ toldAt: null, backup: null, isOverdue: false });
  const now = clock.now().getTime();
  const backup: BackupFacts = {
    kind: "sftp",
    schedule: "every 6 h",
    follow: false,
    running: false,
    startedAt: now - hour,
    succeededAt: now - hour,
    nextAt: now + hour,
    overdueAt: now + 5 * hour,
    failures: 0,
    failureCode: null,
    last: { profiles: 3, bytes: 30, bytesSent: 10, inUse: 1, durationMs: 5 },
    stored: { bytes: 100, snapshots: 2 },
    conflicts: 0,
    verified: { at: now, isWhole: true, profilesHit: 0 },
  };
  await recordBackupReport(ctx, { runnerId, projectId, backup, clockOffsetMs: hour });
  const told = await getBackup(ctx, { id: runnerId });
  expect(told).toMatchObject({
    isOverdue: false,
    backup: { kind: "sftp", succeededAt: new Date(now).toISOString(), last: { profiles: 3 } },
  });
  clock.advance(6 * hour);
  expect(await getBackup(ctx, { id: runnerId })).toMatchObject({ isOverdue: true });
  await recordBackupReport(ctx, { runnerId, projectId, backup: null, clockOffsetMs: 0 });
  expect(await getBackup(ctx, { id: runnerId })).toMatchObject({ backup: null, isOverdue: false, toldAt: expect.any(String) });
});

test("a backup is asked for as a task, signed where the runner demands that", async () => {
  const { projectId, actor, runner } = await createScene(db);
  const ctx = testContext(db, actor);
  await runBackup(ctx, { id: runner.id, action: "verify" });
  expect(await db.command.findMany({ where: { projectId } })).toMatchObject([{ kind: "backup.run", payload: { action: "verify" } }]);
  await db.runner.update({ where: { id: runner.id }, data: { signaturesRequired: true } });
  await expectCode(runBackup(ctx, { id: runner.id, action: "run" }), "SIGNATURE_REQUIRED");
});

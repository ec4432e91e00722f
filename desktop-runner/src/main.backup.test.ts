import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { setUpBackup } from "./backup/setup/set-up.ts";
import { passphrase } from "./backup/testing/backup-bed.ts";
import { runStart } from "./connection/testing/fake-relay.ts";
import { until, useRunnerBed } from "./testing/runner-bed.ts";

const bed = useRunnerBed();

async function endOf(kind: string, payload: object) {
  const command = { ...runStart(), kind, payload };
  await bed.relay.deliver(command);
  await until(() => expect(bed.relay.seen.outcomes.map(({ commandId }) => commandId)).toContain(command.id));
  return bed.relay.seen.outcomes.find(({ commandId }) => commandId === command.id);
}

describe("a runner that is asked for a backup", () => {
  it("says that none is set up", async () => {
    await bed.connected();
    expect(await endOf("backup.run", { action: "run" })).toMatchObject({ state: "failed", failureCode: "BACKUP_NOT_SET_UP" });
    expect(await endOf("backup.status", {})).toMatchObject({ state: "succeeded", result: { backup: null } });
    expect(await endOf("backup.run", { action: "restore" })).toMatchObject({ state: "failed", failureCode: "TASK_INVALID" });
  });

  it("makes it, and tells the server how it stands and nothing else", async () => {
    const { home } = bed.paired;
    const place = mkdtempSync(path.join(tmpdir(), "deskhand-place-"));
    onTestFinished(() => rmSync(place, { recursive: true }));
    await setUpBackup(home, { kind: "folder", folder: place }, passphrase, 2);
    await bed.connected();
    expect(await endOf("backup.run", { action: "run" })).toMatchObject({
      state: "succeeded",
      result: { backup: { failures: 0, stored: { snapshots: 1 } } },
    });
    await until(() => expect(bed.relay.seen.backups.at(-1)).toMatchObject({ kind: "folder", running: false, stored: { snapshots: 1 } }));
    expect(JSON.stringify([bed.relay.seen.backups, bed.relay.seen.outcomes])).not.toContain("place");
  });
});

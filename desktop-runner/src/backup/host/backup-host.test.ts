import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { backupReport } from "@deskhand/shared/protocol/backup-report";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureHome, type RunnerHome, runnerHome } from "../../identity/home.ts";
import { until } from "../../testing/runner-bed.ts";
import { loadBackupSettings, saveBackupSettings } from "../setup/backup-settings.ts";
import { noteBackupStatus, readBackupStatus } from "../setup/backup-status.ts";
import { setUpBackup } from "../setup/set-up.ts";
import { passphrase } from "../testing/backup-bed.ts";
import { BackupHost } from "./backup-host.ts";

let folder: string;
let home: RunnerHome;
let host: BackupHost | undefined;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-backup-host-"));
  home = runnerHome({ DESKHAND_HOME: path.join(folder, "home") });
  ensureHome(home);
  lines = [];
});
afterEach(async () => {
  await host?.stop();
  host = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const id = "0199c0de-0000-7000-8000-000000000001";
const place = () => path.join(folder, "place");
const start = (options: { clock?: () => number; lookEveryMs?: number } = {}) => {
  host = new BackupHost({
    home,
    log: { add: (_level, text) => void lines.push(text) },
    onProblem: (what, error) => void lines.push(`${what}: ${error}`),
    ...options,
  });
  return host;
};
async function setUp(): Promise<void> {
  mkdirSync(path.join(home.profilesFolder, id), { recursive: true });
  writeFileSync(path.join(home.profilesFolder, id, "state.json"), "the cookie");
  await setUpBackup(home, { kind: "folder", folder: place() }, passphrase, 2);
}
const everyHour = () => saveBackupSettings(home, { ...loadBackupSettings(home), schedule: { kind: "every", minutes: 60 } });

describe("the runner's backups", () => {
  it("are nothing where none is set up", async () => {
    expect(await start().facts()).toBeNull();
  });

  it("are made in a process of their own when they are due, and once more an hour later", async () => {
    await setUp();
    everyHour();
    noteBackupStatus(home, { scheduledAt: 0 });
    let now = Date.now();
    start({ clock: () => now, lookEveryMs: 20 });
    await until(() => expect(readBackupStatus(home).succeededAt).not.toBeNull());
    await until(() => expect(lines).toEqual(["The backup succeeded."]));
    const { succeededAt } = readBackupStatus(home);
    // its own process has a clock of its own
    now += 7_200_000;
    await until(() => expect(readBackupStatus(home).succeededAt).not.toBe(succeededAt));
    await until(() => expect(lines.length).toBeGreaterThan(1));
  });

  it("are one at a time, by whoever they are asked for, and their facts hold nothing of what or where", async () => {
    await setUp();
    const both = start();
    expect(await Promise.all([both.run("run"), both.run("run")])).toEqual([null, null]);
    expect(lines).toEqual(["The backup succeeded."]);
    expect(await both.run("verify")).toBeNull();
    const facts = await both.facts();
    expect(facts).toMatchObject({
      kind: "folder",
      schedule: "off",
      running: false,
      failures: 0,
      last: { profiles: 1 },
      stored: { snapshots: 1 },
    });
    expect(facts).toMatchObject({ verified: { isWhole: true, profilesHit: 0 } });
    expect(backupReport.parse({ v: 1, backup: facts })).toEqual({ v: 1, backup: facts });
    expect(JSON.stringify(facts)).not.toMatch(/cookie|place|\/tmp|0199c0de/);
  });

  it("say why they fail, and are tried again sooner", async () => {
    await setUp();
    everyHour();
    rmSync(place(), { recursive: true });
    writeFileSync(place(), "a file where a folder was");
    const failing = start();
    expect(await failing.run("run")).toBe("STORAGE_BROKEN");
    const facts = await failing.facts();
    expect(facts).toMatchObject({ failures: 1, failureCode: "STORAGE_BROKEN", succeededAt: null });
    expect((facts?.nextAt ?? 0) - (facts?.startedAt ?? 0)).toBe(5 * 60_000);
    expect(readFileSync(path.join(home.backupFolder, "status.json"), "utf8")).not.toContain("cookie");
  }, 60_000);
});

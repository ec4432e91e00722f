import { mkdirSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { ensureHome, type RunnerHome, readJsonFile, writeJsonFile } from "../../identity/home.ts";
import { BackupError } from "../backup-error.ts";
import { retention } from "../engine/retention.ts";
import { backupSchedule } from "../schedule/schedule.ts";
import { storageConfig } from "./storage-config.ts";

const settings = z.object({
  v: z.literal(1),
  repositoryId: z.uuid(),
  /** Opened, so that backups go on with nobody there. It is in this folder, as what it protects elsewhere is. */
  key: z.base64(),
  /** What this runner is called in snapshots. */
  writer: z.object({ id: z.string(), name: z.string() }),
  storage: storageConfig,
  schedule: backupSchedule,
  retention,
  artifacts: z.boolean(),
  /** Keeps in step with other runners that have the same repository. */
  follow: z.boolean(),
});
export type BackupSettings = z.infer<typeof settings>;

const file = (home: RunnerHome) => path.join(home.backupFolder, "settings.json");

/** @throws BackupError NOT_SET_UP */
export function loadBackupSettings(home: RunnerHome): BackupSettings {
  const found = findBackupSettings(home);
  if (!found) throw new BackupError("NOT_SET_UP");
  return found;
}

/** Undefined when no backup was set up here. Throws when the file is damaged. */
export function findBackupSettings(home: RunnerHome): BackupSettings | undefined {
  const data = readJsonFile(file(home));
  return data === undefined ? undefined : settings.parse(data);
}

export function saveBackupSettings(home: RunnerHome, changed: BackupSettings): void {
  ensureHome(home);
  mkdirSync(home.backupFolder, { recursive: true, mode: 0o700 });
  writeJsonFile(file(home), settings.parse(changed));
}

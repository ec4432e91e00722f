import { mkdirSync } from "node:fs";
import path from "node:path";
import type { RunnerHome } from "../identity/home.ts";
import { takeLockFile } from "../identity/lock.ts";
import { BackupError } from "./backup-error.ts";
import type { Operation } from "./engine/operation.ts";
import type { OnProgress } from "./progress.ts";
import { breakLeases } from "./repository/lease.ts";
import { Repository } from "./repository/repository.ts";
import { type BackupSettings, loadBackupSettings } from "./setup/backup-settings.ts";
import { openStorage } from "./setup/open-storage.ts";
import { type Patience, patient, usualPatience } from "./storage/patient.ts";

export type Conduct = { signal: AbortSignal; onProgress?: OnProgress; clock?: () => number; patience?: Partial<Patience> };

/**
 * Does something with the repository of this runner, which no other process of it does at the same time.
 * @throws BackupError NOT_SET_UP, BUSY_HERE, and what `work` throws
 */
export async function withRepository<T>(
  home: RunnerHome,
  { signal, onProgress, clock = Date.now, patience }: Conduct,
  work: (operation: Operation, settings: BackupSettings) => Promise<T>,
): Promise<T> {
  const settings = loadBackupSettings(home);
  mkdirSync(home.backupFolder, { recursive: true, mode: 0o700 });
  const lock = takeLockFile(path.join(home.backupFolder, "lock.db"));
  if (!lock) throw new BackupError("BUSY_HERE");
  const storage = patient(await openStorage(settings.storage), { ...usualPatience, ...patience, signal });
  try {
    const opened = { key: Buffer.from(settings.key, "base64"), repositoryId: settings.repositoryId };
    const repository = new Repository(storage, opened, path.join(home.backupFolder, "cache"));
    // whoever wrote them is gone: this process alone may write as this runner now
    await breakLeases(repository, settings.writer.id);
    return await work({ repository, home, writer: settings.writer, signal, clock, ...(onProgress ? { onProgress } : {}) }, settings);
  } finally {
    await storage.close();
    lock.release();
  }
}

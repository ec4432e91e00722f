import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { RunnerHome } from "./home.ts";

export type FolderLock = { release(): void };

/**
 * Takes the folder for this process, or undefined when another process has it. The operating system lets go of the lock when
 * the process ends, however it ends, so there is no stale lock to clear.
 */
export function lockFolder(home: RunnerHome): FolderLock | undefined {
  return takeLockFile(home.lockFile);
}

/** The same with a file of one's own, for what only one process may do at a time. */
export function takeLockFile(file: string): FolderLock | undefined {
  const database = open(file);
  if (!database) return undefined;
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/** True while a process holds the folder. */
export function isFolderLocked(home: RunnerHome): boolean {
  const lock = lockFolder(home);
  lock?.release();
  return lock === undefined;
}

function open(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file);
  try {
    if (process.platform !== "win32") chmodSync(file, 0o600);
    // a short wait: `deskhand status` takes the lock for a moment to see whether it is free
    database.exec("pragma busy_timeout = 500; pragma locking_mode = exclusive; begin exclusive");
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === 5) return undefined;
    throw error;
  }
}

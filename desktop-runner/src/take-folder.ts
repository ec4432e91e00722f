import type { RunnerHome } from "./identity/home.ts";
import { type FolderLock, lockFolder } from "./identity/lock.ts";
import { Journal } from "./journal/journal.ts";

/** Why a runner could not be started; words for each are the caller's. */
export class StartRefused extends Error {
  readonly reason: "NOT_PAIRED" | "ALREADY_RUNNING" | "JOURNAL_UNREADABLE";

  constructor(reason: StartRefused["reason"], cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** The folder and its journal for this process alone. @throws StartRefused ALREADY_RUNNING, JOURNAL_UNREADABLE */
export function takeFolder(home: RunnerHome, journalMaxBytes?: number): { journal: Journal; lock: FolderLock } {
  const lock = lockFolder(home);
  if (!lock) throw new StartRefused("ALREADY_RUNNING");
  try {
    return { lock, journal: new Journal(home.journalFile, { maxBytes: journalMaxBytes }) };
  } catch (error) {
    lock.release();
    throw new StartRefused("JOURNAL_UNREADABLE", error);
  }
}

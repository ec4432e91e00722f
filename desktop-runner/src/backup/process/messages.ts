import type { BackupProgress } from "../progress.ts";
import type { StorageConfig } from "../setup/storage-config.ts";

export type BackupAction = "run" | "verify" | "restore";

/** A backup that is to be set up: a new one, or one that is there, which its passphrase or its recovery key opens. */
export type SetUpOrder = { config: StorageConfig; existing: boolean; passphrase: string; recoveryKey: string };

export type BackupEnd = {
  type: "ended";
  failureCode: string | null;
  /** Profiles that were put back, and those that were not. */
  restored?: { done: number; failed: number };
  /** Of a backup that was just set up: told once, and kept nowhere. */
  recoveryKey?: string;
};

/** What the child says to the runner; both come from one build, so nothing is versioned or parsed. */
export type BackupMessage = { type: "progress"; progress: BackupProgress } | BackupEnd;

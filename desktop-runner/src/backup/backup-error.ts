/** Why a backup, a restore or anything else of it did not go on. Words for each are in backup-words.ts. */
export type BackupErrorCode =
  | "NOT_SET_UP"
  | "ALREADY_SET_UP"
  /** The storage holds no repository, or one already. */
  | "NO_REPOSITORY"
  | "REPOSITORY_EXISTS"
  | "NEWER_FORMAT"
  | "WRONG_PASSPHRASE"
  | "WRONG_RECOVERY_KEY"
  /** Another operation of this runner, or of another one, is under way. */
  | "BUSY_HERE"
  | "BUSY_ELSEWHERE"
  /** It stood still for so long that others were let in. */
  | "LEASE_LOST"
  | "OBJECT_MISSING"
  | "OBJECT_CHANGED"
  | "SNAPSHOT_UNKNOWN"
  | "PROFILE_UNKNOWN"
  | "PROFILE_IN_USE"
  | "DISK_FULL";

export class BackupError extends Error {
  readonly code: BackupErrorCode;

  constructor(code: BackupErrorCode, detail?: string, cause?: unknown) {
    super(detail ? `${code}: ${detail}` : code, { cause });
    this.code = code;
  }
}

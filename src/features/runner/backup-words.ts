import type { BackupView } from "@deskhand/shared/schemas/backup";

type Told = NonNullable<BackupView["backup"]>;

export const backupKindWords: Record<Told["kind"], string> = {
  folder: "in a folder",
  sftp: "over SFTP",
  s3: "in S3-compatible storage",
  webdav: "over WebDAV",
  "google-drive": "in Google Drive",
  dropbox: "in Dropbox",
};

const reasons: Record<string, string> = {
  STORAGE_DENIED: "The storage turns the runner away: look at the credentials, and set up again on its computer with --replace.",
  STORAGE_FULL: "The storage is full: make room there, or keep fewer snapshots.",
  STORAGE_NOT_FOUND: "The storage's folder or bucket is not there any more.",
  STORAGE_UNREACHABLE: "The storage cannot be reached. The runner tries again by itself.",
  STORAGE_TIMED_OUT: "The storage did not answer in time. The runner tries again by itself.",
  STORAGE_BUSY: "The storage asks to come back later. The runner tries again by itself.",
  STORAGE_HOST_KEY_CHANGED: "The SSH server has another key than at set-up: ask who runs it before going on.",
  BACKUP_DISK_FULL: "The disk of the runner's computer is full.",
  BACKUP_BUSY_ELSEWHERE: "Another runner was tidying up in the same backup. The runner tries again by itself.",
};

/** What a person should know and do; null when all is well. */
export function backupTrouble({ backup, isOverdue }: BackupView): { title: string; whatToDo: string; isBad: boolean } | null {
  if (!backup) return null;
  if (backup.verified && !backup.verified.isWhole) {
    const whatToDo = "Back up now: what is still on the runner is saved again. “deskhand backup verify” there names the profiles.";
    return { title: "The storage has lost a part of the backup", whatToDo, isBad: true };
  }
  if (backup.failures > 0) {
    const whatToDo =
      reasons[backup.failureCode ?? ""] ?? `The reason is ${backup.failureCode}; “deskhand backup run” on its computer says more.`;
    return {
      title: backup.failures === 1 ? "The last backup failed" : `The last ${backup.failures} backups failed`,
      whatToDo,
      isBad: true,
    };
  }
  if (isOverdue)
    return { title: "The last good backup is old", whatToDo: "Is the runner's computer on, and the runner started?", isBad: true };
  if (backup.conflicts > 0) {
    const whatToDo = "The losers are kept as snapshots: “deskhand backup list” on its computer shows them.";
    return { title: "Profiles were changed on two runners", whatToDo, isBad: false };
  }
  return null;
}

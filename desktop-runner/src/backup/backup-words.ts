import type { BackupErrorCode } from "./backup-error.ts";
import type { StorageErrorCode } from "./storage/storage.ts";

export type BackupFailureCode = `BACKUP_${BackupErrorCode}` | `STORAGE_${StorageErrorCode}`;
type Words = { title: string; whatToDo: string };

/** What each failure means, and what to do about it. */
export const backupWords: Record<BackupFailureCode, Words> = {
  BACKUP_NOT_SET_UP: { title: "No backup is set up on this runner.", whatToDo: "Set one up with `deskhand backup init WHERE`." },
  BACKUP_ALREADY_SET_UP: {
    title: "A backup is set up on this runner already.",
    whatToDo: "`deskhand backup status` shows it. `deskhand backup init WHERE --replace` takes another one from here on.",
  },
  BACKUP_NO_REPOSITORY: {
    title: "There is no backup at this place.",
    whatToDo: "Look at the address, or leave out --existing to begin one there.",
  },
  BACKUP_REPOSITORY_EXISTS: {
    title: "There is a backup at this place already.",
    whatToDo: "Add --existing to use it, with its passphrase or recovery key, or choose another folder.",
  },
  BACKUP_NEWER_FORMAT: { title: "This backup was made by a newer Deskhand.", whatToDo: "Update Deskhand on this computer." },
  BACKUP_WRONG_PASSPHRASE: { title: "The passphrase does not open this backup.", whatToDo: "Try again, or use the recovery key." },
  BACKUP_WRONG_RECOVERY_KEY: {
    title: "The recovery key does not open this backup.",
    whatToDo: "It begins with AGE-SECRET-KEY-1. A key that was replaced opens nothing; the passphrase may.",
  },
  BACKUP_BUSY_HERE: { title: "Another backup operation of this runner is under way.", whatToDo: "Try again when it has ended." },
  BACKUP_BUSY_ELSEWHERE: {
    title: "Another runner works with this backup in a way that lets nobody else in.",
    whatToDo: "Try again in a few minutes. What a runner left behind that was switched off ends after 10 minutes.",
  },
  BACKUP_LEASE_LOST: {
    title: "This computer stood still for so long that others were let in.",
    whatToDo: "Run it again: what was sent is not sent again.",
  },
  BACKUP_OBJECT_MISSING: {
    title: "The storage has lost a part of the backup.",
    whatToDo: "`deskhand backup verify` says which profiles are hit.",
  },
  BACKUP_OBJECT_CHANGED: {
    title: "A part of the backup is not what was written.",
    whatToDo: "`deskhand backup verify` says which profiles are hit. What is still here is saved again by the next backup.",
  },
  BACKUP_SNAPSHOT_UNKNOWN: {
    title: "There is no such snapshot, or more than one begins so.",
    whatToDo: "`deskhand backup list` shows them.",
  },
  BACKUP_PROFILE_UNKNOWN: { title: "The snapshot has no such profile.", whatToDo: "`deskhand backup list SNAPSHOT` shows its profiles." },
  BACKUP_PROFILE_IN_USE: { title: "The profile is in use.", whatToDo: "Try again when nobody uses it." },
  BACKUP_DISK_FULL: { title: "This computer's disk is full.", whatToDo: "Make room and try again." },
  STORAGE_NOT_FOUND: { title: "The storage's folder or bucket is not there.", whatToDo: "Make it, or look at the address." },
  STORAGE_DENIED: {
    title: "The storage turns this runner away.",
    whatToDo: "Look at the credentials and what they allow; set up again with --replace.",
  },
  STORAGE_FULL: {
    title: "The storage is full.",
    whatToDo: "Make room there, or keep fewer snapshots (`deskhand backup prune --keep-last N`).",
  },
  STORAGE_UNREACHABLE: {
    title: "The storage cannot be reached.",
    whatToDo: "Look at the network and the address. Backups go on by themselves.",
  },
  STORAGE_TIMED_OUT: { title: "The storage did not answer in time.", whatToDo: "Try again later. Backups go on by themselves." },
  STORAGE_BUSY: { title: "The storage asks to come back later.", whatToDo: "Try again later. Backups go on by themselves." },
  STORAGE_HOST_KEY_CHANGED: {
    title: "The SSH server's key is another one than at set-up.",
    whatToDo: "Ask who runs the server. If it was replaced, set up again with --replace --host-key SHA256:….",
  },
  STORAGE_BROKEN: { title: "The storage answers what makes no sense.", whatToDo: "Look at the address: it may be of another service." },
};

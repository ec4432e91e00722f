import type { RunnerHome } from "../identity/home.ts";
import { isDiskFull } from "../journal/is-disk-full.ts";
import { BackupError } from "./backup-error.ts";
import { backUp } from "./engine/back-up.ts";
import { type FollowReport, follow } from "./engine/follow.ts";
import type { Operation } from "./engine/operation.ts";
import { prune } from "./engine/prune.ts";
import { type VerifyReport, verify } from "./engine/verify.ts";
import type { BackupSettings } from "./setup/backup-settings.ts";
import { noteBackupStatus, readBackupStatus } from "./setup/backup-status.ts";
import { StorageError } from "./storage/storage.ts";
import { type Conduct, withRepository } from "./with-repository.ts";

const DAY_MS = 24 * 60 * 60_000;

/** A backup as the settings want it, with tidying up once a day; what came of it is remembered. @throws BackupError, StorageError */
export async function runBackup(home: RunnerHome, conduct: Conduct): Promise<FollowReport> {
  const clock = conduct.clock ?? Date.now;
  const startedAt = clock();
  try {
    return await withRepository(home, conduct, async (operation, settings) => {
      noteBackupStatus(home, { startedAt });
      const report = await saveAll(operation, settings);
      if (startedAt - (readBackupStatus(home).prunedAt ?? 0) >= DAY_MS) {
        const pruned = await prune(operation, { rules: settings.retention }).catch(passOver);
        if (pruned) noteBackupStatus(home, { prunedAt: startedAt });
      }
      const { snapshot, profiles, bytes, bytesSent, inUse, conflicts } = report;
      const last = { snapshotId: snapshot.id, profiles, bytes, bytesSent, inUse: inUse.length, durationMs: clock() - startedAt };
      const failureCode = failureOf(report);
      const failures = failureCode === null ? 0 : readBackupStatus(home).failures + 1;
      const ended = { endedAt: clock(), succeededAt: startedAt, failures, failureCode, conflicts: conflicts.length };
      noteBackupStatus(home, { ...ended, last, stored: await sizeOf(operation) });
      return report;
    });
  } catch (error) {
    const failureCode = failureCodeOf(error, conduct.signal);
    // who has it now notes how it ends
    if (failureCode !== "BACKUP_BUSY_HERE" && failureCode !== "BACKUP_NOT_SET_UP") {
      noteBackupStatus(home, { startedAt, endedAt: clock(), failures: readBackupStatus(home).failures + 1, failureCode });
    }
    throw error;
  }
}

/** Why not all of what is newer elsewhere was taken over, though what is here was saved; null when it was. */
export function failureOf({ failed: [first] }: Pick<FollowReport, "failed">): string | null {
  return first ? `BACKUP_${first.code}` : null;
}

async function saveAll(operation: Operation, { artifacts: withArtifacts, follow: inStep }: BackupSettings): Promise<FollowReport> {
  if (inStep) return follow({ ...operation, withArtifacts });
  return { ...(await backUp({ ...operation, withArtifacts })), pulled: [], waiting: [], failed: [], conflicts: [] };
}

/** @throws BackupError, StorageError */
export async function runVerify(home: RunnerHome, sample: number | undefined, conduct: Conduct): Promise<VerifyReport> {
  return withRepository(home, conduct, async (operation) => {
    const report = await verify(operation, { sample });
    noteBackupStatus(home, { verified: { at: operation.clock(), isWhole: report.isWhole, profilesHit: report.hit.length } });
    return report;
  });
}

/** The code of a failure, as people and the server are told it. */
export function failureCodeOf(error: unknown, signal?: AbortSignal): string {
  if (error instanceof BackupError) return `BACKUP_${error.code}`;
  if (error instanceof StorageError) return `STORAGE_${error.code}`;
  if (isDiskFull(error)) return "BACKUP_DISK_FULL";
  return signal?.aborted ? "CANCELLED" : "INTERNAL";
}

async function sizeOf({ repository: { storage } }: Operation): Promise<{ bytes: number; snapshots: number }> {
  const [packs, indexes, snapshots] = await Promise.all([storage.list("packs"), storage.list("indexes"), storage.list("snapshots")]);
  return { bytes: [...packs, ...indexes, ...snapshots].reduce((sum, { bytes }) => sum + bytes, 0), snapshots: snapshots.length };
}

/** The backup is good. Another runner is at work, or something is damaged, which `verify` tells. */
function passOver(error: unknown): undefined {
  if (error instanceof BackupError) return undefined;
  throw error;
}

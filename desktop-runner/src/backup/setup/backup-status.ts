import { mkdirSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { type RunnerHome, readJsonFile, writeJsonFile } from "../../identity/home.ts";

const at = z.number().nullable();

/** What is remembered of the last ones: names, sizes, times and codes. Times are milliseconds since the epoch. */
const status = z.object({
  v: z.literal(1),
  scheduledAt: at.default(null),
  startedAt: at.default(null),
  endedAt: at.default(null),
  succeededAt: at.default(null),
  prunedAt: at.default(null),
  /** Since the last success. */
  failures: z.number().default(0),
  failureCode: z.string().nullable().default(null),
  last: z
    .object({
      snapshotId: z.string(),
      profiles: z.number(),
      bytes: z.number(),
      bytesSent: z.number(),
      inUse: z.number(),
      durationMs: z.number(),
    })
    .nullable()
    .default(null),
  /** Of all that lies in the storage. */
  stored: z.object({ bytes: z.number(), snapshots: z.number() }).nullable().default(null),
  conflicts: z.number().default(0),
  verified: z.object({ at: z.number(), isWhole: z.boolean(), profilesHit: z.number() }).nullable().default(null),
});
export type BackupStatus = z.infer<typeof status>;

const file = (home: RunnerHome) => path.join(home.backupFolder, "status.json");

export function readBackupStatus(home: RunnerHome): BackupStatus {
  try {
    return status.parse(readJsonFile(file(home)) ?? { v: 1 });
  } catch {
    // damaged: it is only remembered, never decided by
    return status.parse({ v: 1 });
  }
}

export function noteBackupStatus(home: RunnerHome, changes: Partial<BackupStatus>): void {
  mkdirSync(home.backupFolder, { recursive: true, mode: 0o700 });
  writeJsonFile(file(home), { ...readBackupStatus(home), ...changes });
}

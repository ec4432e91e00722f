import * as z from "zod";

/** The runner's clock, milliseconds since the epoch. */
const at = z.number().int().min(0).nullable();
const count = z.number().int().min(0);

/** What a runner says of its backups: kinds, counts, sizes, times and codes. Where they are, and what is in them, is not told. */
export const backupFacts = z.object({
  kind: z.enum(["folder", "sftp", "s3", "webdav", "google-drive", "dropbox"]),
  /** In words: `every 6 h`. */
  schedule: z.string().max(40),
  /** It keeps in step with other runners. */
  follow: z.boolean(),
  running: z.boolean(),
  startedAt: at,
  succeededAt: at,
  nextAt: at,
  /** From then on the last good one is older than the schedule means it to be. */
  overdueAt: at,
  /** Since the last success. */
  failures: count,
  failureCode: z.string().max(60).nullable(),
  last: z.object({ profiles: count, bytes: count, bytesSent: count, inUse: count, durationMs: count }).nullable(),
  stored: z.object({ bytes: count, snapshots: count }).nullable(),
  conflicts: count,
  verified: z.object({ at: count, isWhole: z.boolean(), profilesHit: count }).nullable(),
});
export type BackupFacts = z.infer<typeof backupFacts>;

/** Runner to server: how its backups stand; null when none is set up. Answered by a receipt. */
export const backupReport = z.object({ v: z.literal(1), backup: backupFacts.nullable() });
export type BackupReport = z.infer<typeof backupReport>;

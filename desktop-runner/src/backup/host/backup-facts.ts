import type { BackupFacts } from "@deskhand/shared/protocol/backup-report";
import type { RunnerHome } from "../../identity/home.ts";
import { describeSchedule, nextBackupAt, overdueAt } from "../schedule/schedule.ts";
import { findBackupSettings } from "../setup/backup-settings.ts";
import { readBackupStatus } from "../setup/backup-status.ts";

/** How this runner's backups stand, as the server is told; null when none is set up. Throws when the settings are damaged. */
export function backupFactsOf(home: RunnerHome, running: boolean): BackupFacts | null {
  const settings = findBackupSettings(home);
  if (!settings) return null;
  const { storage, schedule, follow } = settings;
  const { scheduledAt, startedAt, succeededAt, failures, failureCode, last, stored, conflicts, verified } = readBackupStatus(home);
  const before = { startedAt, succeededAt, failures };
  return {
    kind: storage.kind,
    schedule: describeSchedule(schedule),
    follow,
    running,
    startedAt,
    succeededAt,
    nextAt: nextBackupAt(schedule, before, scheduledAt ?? 0),
    overdueAt: overdueAt(schedule, before, scheduledAt ?? 0),
    failures,
    failureCode,
    last: last && { profiles: last.profiles, bytes: last.bytes, bytesSent: last.bytesSent, inUse: last.inUse, durationMs: last.durationMs },
    stored,
    conflicts,
    verified,
  };
}

import type { BackupFacts } from "@deskhand/shared/protocol/backup-report";
import type { BackupView } from "@deskhand/shared/schemas/backup";

type Told = NonNullable<BackupView["backup"]>;

/** How long a runner has to come back for a backup that somebody asks for, in milliseconds: a week. */
export const BACKUP_WITHIN_MS = 7 * 24 * 60 * 60_000;

/** The largest time that a date can hold, in milliseconds since the epoch. */
const MAX_TIME = 8_640_000_000_000_000;

/** The same facts with times by our clock. `offsetMs` is added to the runner's. */
export function toOurTime({ verified, ...facts }: BackupFacts, offsetMs: number): Told {
  const instant = (at: number) => new Date(Math.min(MAX_TIME, Math.max(0, at + offsetMs))).toISOString();
  const when = (at: number | null) => (at === null ? null : instant(at));
  return {
    ...facts,
    startedAt: when(facts.startedAt),
    succeededAt: when(facts.succeededAt),
    nextAt: when(facts.nextAt),
    overdueAt: when(facts.overdueAt),
    verified: verified && { ...verified, at: instant(verified.at) },
  };
}

/** Whether the last good one is older than its schedule means it to be; also when the runner is away and cannot say so. */
export function isOverdue(backup: Told | null, now: Date): boolean {
  return backup?.overdueAt != null && Date.parse(backup.overdueAt) <= now.getTime();
}

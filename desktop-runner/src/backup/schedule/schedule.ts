import * as z from "zod";

/** When backups begin by themselves: never, so many minutes after the one before began, or each day at a time of this computer's. */
export const backupSchedule = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("off") }),
  z.object({
    kind: z.literal("every"),
    minutes: z
      .number()
      .int()
      .min(5)
      .max(60 * 24 * 31),
  }),
  z.object({ kind: z.literal("daily"), hour: z.number().int().min(0).max(23), minute: z.number().int().min(0).max(59) }),
]);
export type BackupSchedule = z.infer<typeof backupSchedule>;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The waits after failures in a row: a storage that is away is asked again before the day is over. */
const RETRY_MS = [5, 15, 60, 240].map((minutes) => minutes * MINUTE_MS);

export type LastBackup = {
  /** When the last one began, and the last one that succeeded; milliseconds since the epoch. */
  startedAt: number | null;
  succeededAt: number | null;
  /** Since the last success. */
  failures: number;
};

/**
 * When the next backup begins, milliseconds since the epoch; null for never. One that was missed, because the computer was off, is due
 * at once. `setAt` is when the schedule was made.
 */
export function nextBackupAt(schedule: BackupSchedule, last: LastBackup, setAt: number): number | null {
  if (schedule.kind === "off") return null;
  const planned = plannedAfter(schedule, last.startedAt ?? setAt);
  if (last.failures === 0 || last.startedAt === null) return last.startedAt === null && schedule.kind === "every" ? setAt : planned;
  const retry = last.startedAt + (RETRY_MS[Math.min(last.failures, RETRY_MS.length) - 1] as number);
  return Math.min(planned, retry);
}

/** From when on the newest good backup is older than the schedule means it to be; null without a schedule. */
export function overdueAt(schedule: BackupSchedule, last: LastBackup, setAt: number): number | null {
  if (schedule.kind === "off") return null;
  const period = schedule.kind === "every" ? schedule.minutes * MINUTE_MS : DAY_MS;
  // a computer that is off for a night is not an emergency
  return (last.succeededAt ?? setAt) + 2 * period + DAY_MS;
}

function plannedAfter(schedule: Exclude<BackupSchedule, { kind: "off" }>, at: number): number {
  if (schedule.kind === "every") return at + schedule.minutes * MINUTE_MS;
  const next = new Date(at);
  next.setHours(schedule.hour, schedule.minute, 0, 0);
  // by the calendar: a day with a change of the clock has 23 or 25 hours
  if (next.getTime() <= at) next.setDate(next.getDate() + 1);
  return next.getTime();
}

export function describeSchedule(schedule: BackupSchedule): string {
  if (schedule.kind === "off") return "off";
  if (schedule.kind === "every") {
    return schedule.minutes % 60 === 0 ? `every ${schedule.minutes / 60} h` : `every ${schedule.minutes} min`;
  }
  return `daily at ${String(schedule.hour).padStart(2, "0")}:${String(schedule.minute).padStart(2, "0")}`;
}

/** `off`, `6h`, `30m` or `03:15`. Undefined for anything else. */
export function parseSchedule(typed: string): BackupSchedule | undefined {
  const [, count, unit] = typed.match(/^(\d{1,5})\s*(h|m|min)$/i) ?? [];
  const [, hour, minute] = typed.match(/^(\d{1,2}):(\d{2})$/) ?? [];
  const read =
    typed === "off"
      ? { kind: "off" }
      : count
        ? { kind: "every", minutes: Number(count) * (unit?.toLowerCase() === "h" ? 60 : 1) }
        : hour
          ? { kind: "daily", hour: Number(hour), minute: Number(minute) }
          : undefined;
  return backupSchedule.safeParse(read).data;
}

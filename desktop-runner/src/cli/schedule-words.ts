import type { DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { shortTime } from "./short-time.ts";

export const standings = ["installing", "active", "paused", "refused", "ended"] as const;
type Standing = (typeof standings)[number];

/** How a schedule stands, as far as its runner has said. */
export function standingOf({ removedAt, failureCode, installedAt, pausedAt }: DeploymentSchedule): Standing {
  if (removedAt) return "ended";
  if (failureCode) return "refused";
  if (!installedAt) return "installing";
  return pausedAt ? "paused" : "active";
}

/** When it runs, in the words of the flags that made it. */
export function whenWords({ when }: Pick<Schedule, "when">): string {
  switch (when.kind) {
    case "cron":
      return `cron ${when.cron} (${when.timeZone})`;
    case "every":
      return when.minutes === 1 ? "every minute" : `every ${when.minutes} minutes`;
    case "once":
      return `once, ${shortTime(when.at)}`;
    case "start":
      return "on start of the runner";
    case "webhook":
      return `on a signed message, at most ${when.perHour} an hour`;
    case "after":
      return `after another workflow (${when.on}${when.sameProfile ? ", on the same profile" : ""})`;
  }
}

import type { DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { shortTime } from "./short-time.ts";

/** What its runner was asked and has not done, and why not; undefined when there is nothing. */
export function askedWords({ asked }: Pick<DeploymentSchedule, "asked">, runnerName: string): string | undefined {
  if (!asked) return undefined;
  const what = `${askedOf[asked.what]}, ${shortTime(asked.at)}`;
  return asked.failureCode === null ? `${what}: it waits for ${runnerName}` : `${what}: not done (${asked.failureCode})`;
}

const askedOf = { pause: "to pause", resume: "to go on", remove: "to end" } as const;

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

import { readTimes, type Times } from "@deskhand/shared/schedule/times";
import { jittered } from "./jitter.ts";
import type { Installed } from "./schedule-table.ts";

/** The times of an installed schedule, each with its own part of the jitter. */
export function timesOf({ deploymentId, schedule, installedAt }: Pick<Installed, "deploymentId" | "schedule" | "installedAt">): Times {
  const read = readTimes(schedule.when, installedAt);
  // what cannot be read was refused when it was installed
  if (!read.ok) return { after: () => undefined, before: () => undefined };
  return jittered(read.times, schedule.jitterSeconds, deploymentId);
}

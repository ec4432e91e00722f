import type { FiringView } from "./deployment.ts";
import type { FiringReason } from "./schedule.ts";

const reasons: Record<FiringReason, string> = {
  BY_HAND: "by hand",
  RUNNER_OFF: "the runner was off",
  RUNNER_ASLEEP: "the runner's computer was asleep",
  CAUGHT_UP: "late, because the runner was away",
  STILL_RUNNING: "the runs before were not over",
  QUEUE_FULL: "others were waiting already",
  PAUSED: "the schedule was paused",
  LOOP: "it would have begun itself again",
  INPUTS_WRONG: "what came does not fit the workflow's inputs",
  NOT_INSTALLED: "its runner did not have it yet",
  NOT_ALLOWED: "whoever deployed it may not run anything in this project any more",
};

/** What became of a time, and why. */
export function firingWords({ state, reason, count }: Pick<FiringView, "state" | "reason" | "count">): string {
  const why = reason ? reasons[reason] : null;
  if (state === "fired") return why ? `Began ${why}` : "Began";
  const [one, many] = state === "missed" ? ["Missed", "missed"] : ["Passed over", "passed over"];
  const what = count === 1 ? one : `${count} ${many}`;
  return why ? `${what}: ${why}` : what;
}

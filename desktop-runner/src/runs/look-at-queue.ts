import type { JournaledCommand } from "../journal/command-row.ts";
import type { Journal } from "../journal/journal.ts";
import type { Readiness } from "../policy/admission.ts";
import type { TaskServices } from "../tasks/task.ts";
import { fairOrder } from "./fair-order.ts";
import { isBarrier, RunPlan } from "./run-plan.ts";
import type { Place } from "./worker-events.ts";

type Situation = {
  /** Runs that may be under way. */
  places: number;
  active: readonly { profileId: string; fairKey: string; place: Place }[];
  /** Profiles that somebody uses. */
  held: { has(profileId: string): boolean };
  tasks: readonly JournaledCommand[];
  readiness: Readiness;
  /** Milliseconds since the epoch. */
  now: number;
};

export type QueueLook = {
  /** What to do with those that do not wait on, in this order. */
  steps: { command: JournaledCommand; step: "start" | "expire" }[];
  /** The next runs in line, the first first; empty when the line was not looked at. */
  next: JournaledCommand[];
  /** When to look again by itself, milliseconds since the epoch; undefined when nothing waits. */
  nextLook: number | undefined;
};

const nextInLine = 2;

/** One look at what waits: what starts, what is too late, and when to look again. */
export function lookAtQueue(journal: Journal, { places, active, held, tasks, readiness, now }: Situation): QueueLook {
  const plan = new RunPlan(places, active, now, readiness, tasks, held);
  if (plan.isFull) {
    // with thousands in line, the line is not read for nothing
    const { tasks: waitingTasks, nextDeadline } = journal.waitingFacts();
    if (waitingTasks === 0 && (nextDeadline === undefined || nextDeadline >= now)) {
      return { steps: [], next: [], nextLook: plan.lookBy(nextDeadline) };
    }
  }
  const underWay = active.map(({ fairKey }) => fairKey);
  const steps: QueueLook["steps"] = [];
  const next: JournaledCommand[] = [];
  for (const command of fairOrder(journal.waiting(), underWay, isBarrier)) {
    const step = plan.decide(command);
    if (step !== "wait") steps.push({ command, step });
    // what waits for a person to be done has no context opened ahead
    else if (command.runId !== null && next.length < nextInLine && !held.has(command.profileId)) next.push(command);
  }
  return { steps, next, nextLook: plan.nextLook };
}

/** Profiles that runs wait for; a session that nobody in particular uses hibernates for them. */
export function waitedFor({ profiles: { holders }, sessions }: Pick<TaskServices, "profiles" | "sessions">): {
  has(profileId: string): boolean;
} {
  return { has: (profileId) => holders.has(profileId) && !sessions.givesWay(profileId) };
}

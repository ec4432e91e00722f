import type { Times } from "@deskhand/shared/schedule/times";
import type { FiringReason, Schedule } from "@deskhand/shared/schemas/schedule";

/** This long after its time a firing is late, milliseconds: the computer was off or asleep. */
export const lateAfterMs = 60_000;
/** A clock that says so much less than it said before was wrong then, milliseconds: a schedule must not wait for it. */
const clockWasWrongMs = 26 * 60 * 60_000;
/** Of very many times that were missed, the newest are looked at. */
const lookedAt = 500;

export type Due = { at: number; reason: FiringReason | null };
/** Times that were missed, told together; of very many, the newest 500. */
export type Missed = { first: number; last: number; count: number; reason: FiringReason };
export type Decision = {
  /** In their order. */
  fire: Due[];
  missed: Missed | undefined;
  /** Everything up to this instant is decided. */
  decidedUpTo: number;
};

type Situation = {
  times: Times;
  missed: Schedule["missed"];
  /** What an earlier decision said of it, or when it was installed. */
  decidedUpTo: number;
  now: number;
  /** When this process began to look. */
  lookingSince: number;
};

/** What of a schedule fires now. All in milliseconds since the epoch. An instant is decided once, also when the clock is set back over it. */
export function decideFirings({ times, missed, decidedUpTo, now, lookingSince }: Situation): Decision {
  if (now < decidedUpTo) {
    return { fire: [], missed: undefined, decidedUpTo: decidedUpTo - now > clockWasWrongMs ? now : decidedUpTo };
  }
  const passed = timesBetween(times, decidedUpTo, now);
  const onTime = passed.filter((at) => now - at < lateAfterMs).map((at): Due => ({ at, reason: null }));
  const late = passed.slice(0, passed.length - onTime.length);
  const caughtUp = late.splice(late.length - Math.min(late.length, toCatchUp(missed, onTime.length > 0)));
  const [first, last] = [late[0], late.at(-1)];
  return {
    fire: [...caughtUp.map((at): Due => ({ at, reason: "CAUGHT_UP" })), ...onTime],
    missed:
      first === undefined || last === undefined
        ? undefined
        : { first, last, count: late.length, reason: last < lookingSince ? "RUNNER_OFF" : "RUNNER_ASLEEP" },
    decidedUpTo: now,
  };
}

function toCatchUp(missed: Schedule["missed"], firesAnyway: boolean): number {
  if (missed.policy === "skip") return 0;
  return missed.policy === "run-once" ? (firesAnyway ? 0 : 1) : missed.limit;
}

/** The times after one instant and up to another, in their order; the newest of very many. */
function timesBetween(times: Times, after: number, upTo: number): number[] {
  const passed: number[] = [];
  for (let at = times.before(upTo + 1); at !== undefined && at > after && passed.length < lookedAt; at = times.before(at)) passed.push(at);
  return passed.reverse();
}

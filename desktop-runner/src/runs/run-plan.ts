import type { JournaledCommand } from "../journal/command-row.ts";
import type { Readiness } from "../policy/admission.ts";

/** The end of quiet hours is noticed after this long at the latest, also when the computer slept meanwhile, milliseconds. */
const quietCheckMs = 60_000;

/** One look at the queue: what may start now, given what is under way. Asked for each waiting command in the order they came. */
export class RunPlan {
  #slots: number;
  readonly #busyProfiles: Set<string>;
  readonly #now: number;
  readonly #readiness: Readiness;
  #nextDeadline: number | undefined;

  /**
   * A run begins only when the policy is ready for it.
   * A run that is closing has left its place to the next one, but not its profile; `concurrency` of them at most.
   */
  constructor(
    concurrency: number,
    active: Iterable<{ profileId: string; closing: boolean }>,
    now: number,
    readiness: Readiness = { state: "ready" },
  ) {
    const runs = [...active];
    const closing = runs.filter((run) => run.closing).length;
    this.#slots = concurrency - (runs.length - Math.min(closing, concurrency));
    this.#busyProfiles = new Set(runs.map(({ profileId }) => profileId));
    this.#now = now;
    this.#readiness = readiness;
  }

  decide(command: JournaledCommand): "start" | "wait" | "expire" {
    if (command.startBy < this.#now) return "expire";
    const isRun = command.kind === "run.start";
    const mayStart = !this.#busyProfiles.has(command.profileId) && (!isRun || (this.#slots > 0 && this.#readiness.state === "ready"));
    // whether it starts or waits, nothing that came later may overtake it on its profile
    if (!mayStart || isRun) this.#busyProfiles.add(command.profileId);
    if (!mayStart) {
      this.#nextDeadline = Math.min(this.#nextDeadline ?? command.startBy, command.startBy);
      return "wait";
    }
    if (isRun) this.#slots--;
    return "start";
  }

  /**
   * When to look again by itself, milliseconds since the epoch: when something that waits is too late, or the quiet hours end.
   * Undefined when nothing waits.
   */
  get nextLook(): number | undefined {
    if (this.#nextDeadline === undefined || this.#readiness.state !== "quiet") return this.#nextDeadline;
    return Math.min(this.#nextDeadline, this.#readiness.until, this.#now + quietCheckMs);
  }
}

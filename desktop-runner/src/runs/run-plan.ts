import type { JournaledCommand } from "../journal/command-row.ts";

/** One look at the queue: what may start now, given what is under way. Asked for each waiting command in the order they came. */
export class RunPlan {
  #slots: number;
  readonly #busyProfiles: Set<string>;
  readonly #now: number;
  /** The first instant at which something that waits is too late, milliseconds since the epoch. */
  nextDeadline: number | undefined;

  /** A run that is closing has left its place to the next one, but not its profile; `concurrency` of them at most. */
  constructor(concurrency: number, active: Iterable<{ profileId: string; closing: boolean }>, now: number) {
    const runs = [...active];
    const closing = runs.filter((run) => run.closing).length;
    this.#slots = concurrency - (runs.length - Math.min(closing, concurrency));
    this.#busyProfiles = new Set(runs.map(({ profileId }) => profileId));
    this.#now = now;
  }

  decide(command: JournaledCommand): "start" | "wait" | "expire" {
    if (command.startBy < this.#now) return "expire";
    const isRun = command.kind === "run.start";
    const mayStart = !this.#busyProfiles.has(command.profileId) && (!isRun || this.#slots > 0);
    // whether it starts or waits, nothing that came later may overtake it on its profile
    if (!mayStart || isRun) this.#busyProfiles.add(command.profileId);
    if (!mayStart) {
      this.nextDeadline = Math.min(this.nextDeadline ?? command.startBy, command.startBy);
      return "wait";
    }
    if (isRun) this.#slots--;
    return "start";
  }
}

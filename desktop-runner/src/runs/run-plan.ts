import type { JournaledCommand } from "../journal/command-row.ts";
import type { Readiness } from "../policy/admission.ts";
import type { Place } from "./worker-events.ts";

/** The end of quiet hours is noticed after this long at the latest, also when the computer slept meanwhile, milliseconds. */
const quietCheckMs = 60_000;

/** What runs go by: no run that came later begins before it is done. */
const barriers: readonly string[] = ["profile.configure", "profiles.delete", "profiles.restore"];

/** What waits for whoever has the profile open by hand or by a program. The others say so at once to who asked: they are waited for by people. */
const waitForHolder: readonly string[] = ["run.start", "profile.delete"];

export function isBarrier({ kind }: Pick<JournaledCommand, "kind">): boolean {
  return barriers.includes(kind);
}

/** One look at the queue: what may start now, given what is under way. Asked for each waiting command in the order they came. */
export class RunPlan {
  #slots: number;
  /** Those on which something is under way, and those for which something waits. */
  readonly #busyProfiles: Set<string>;
  readonly #underWay: Set<string>;
  readonly #held: { has(profileId: string): boolean };
  readonly #now: number;
  readonly #readiness: Readiness;
  #nextDeadline: number | undefined;
  #isBarred: boolean;

  /**
   * A run begins only when the policy is ready for it.
   * A run that is leaving has left its place to the next one, but not its profile; as many of them at most as there are `places`.
   * `tasks` take no place. `held`: profiles that a person or a program has open, for which runs wait.
   */
  constructor(
    places: number,
    active: Iterable<{ profileId: string; place: Place }>,
    now: number,
    readiness: Readiness = { state: "ready" },
    tasks: readonly Pick<JournaledCommand, "kind" | "profileId">[] = [],
    held: { has(profileId: string): boolean } = new Set(),
  ) {
    const runs = [...active];
    const countOf = (wanted: Place) => runs.filter(({ place }) => place === wanted).length;
    this.#slots = places - countOf("taken") - Math.max(0, countOf("leaving") - places);
    this.#busyProfiles = new Set([...runs, ...tasks].map(({ profileId }) => profileId));
    this.#busyProfiles.delete("");
    this.#underWay = new Set(this.#busyProfiles);
    this.#held = held;
    this.#isBarred = tasks.some(isBarrier);
    this.#now = now;
    this.#readiness = readiness;
  }

  /** No run may start now, whichever waits. */
  get isFull(): boolean {
    return this.#slots <= 0 || this.#readiness.state !== "ready" || this.#isBarred;
  }

  decide(command: JournaledCommand): "start" | "wait" | "expire" {
    if (command.startBy < this.#now) return "expire";
    const isRun = command.kind === "run.start";
    // what waits for a profile that is open waits for this, which is behind it in the line
    const inTheWay = command.kind === "profile.close" ? this.#underWay : this.#busyProfiles;
    const isHeld = waitForHolder.includes(command.kind) && this.#held.has(command.profileId);
    const mayStart = !inTheWay.has(command.profileId) && !isHeld && (!isRun || !this.isFull);
    // whether it starts or waits, nothing that came later may overtake it on its profile
    if (command.profileId !== "") {
      this.#busyProfiles.add(command.profileId);
      if (mayStart) this.#underWay.add(command.profileId);
    }
    if (isBarrier(command)) this.#isBarred = true;
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
    return this.lookBy(this.#nextDeadline);
  }

  /** As {@link nextLook}, when this is when the first of those that wait is too late. */
  lookBy(deadline: number | undefined): number | undefined {
    if (deadline === undefined || this.#readiness.state !== "quiet") return deadline;
    return Math.min(deadline, this.#readiness.until, this.#now + quietCheckMs);
  }
}

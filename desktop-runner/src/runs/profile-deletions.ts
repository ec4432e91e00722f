import type { JournaledCommand } from "../journal/command-row.ts";
import type { RefusalReason } from "../policy/network-policy.ts";
import { deleteProfile } from "./delete-profile.ts";
import type { RunManagerOptions } from "./run-manager-options.ts";

type Outside = Pick<RunManagerOptions, "journal" | "signing" | "profilesFolder" | "onProblem" | "onOutbox" | "onNote"> & {
  refuse(command: JournaledCommand, reason: RefusalReason): void;
  /** The profile is free again. */
  onDone(): void;
};

/** Profiles that are being deleted: until it is decided whether that was signed, nothing else happens on them. */
export class ProfileDeletions {
  readonly #outside: Outside;
  readonly #underWay = new Map<string, { profileId: string; done: Promise<void> }>();
  #stopped = false;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** Their profiles, as runs that take no place of another. */
  get busy(): { profileId: string; closing: true }[] {
    return [...this.#underWay.values()].map(({ profileId }) => ({ profileId, closing: true }));
  }

  start(command: JournaledCommand, payload: unknown): void {
    const done = this.#carryOut(command, payload).finally(() => {
      this.#underWay.delete(command.id);
      this.#outside.onDone();
    });
    this.#underWay.set(command.id, { profileId: command.profileId, done });
  }

  /** What is not carried out by now is carried on after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
  }

  async #carryOut(command: JournaledCommand, payload: unknown): Promise<void> {
    const { journal, signing, profilesFolder, onProblem, onOutbox, onNote } = this.#outside;
    const note = { commandId: command.id, runId: null };
    onNote?.({ ...note, to: "running", reason: null });
    let done = false;
    try {
      const verdict = await signing.judge(command, payload);
      if (this.#stopped) return;
      if (!verdict.ok) return this.#outside.refuse(command, verdict.reason);
      done = deleteProfile(profilesFolder, payload);
    } catch (error) {
      onProblem("a profile's folder could not be removed", error);
    }
    const end = { to: done ? "succeeded" : "failed", reason: done ? null : "INTERNAL" } as const;
    journal.finish(command.id, end.to, end.reason);
    onNote?.({ ...note, ...end });
    onOutbox();
  }
}

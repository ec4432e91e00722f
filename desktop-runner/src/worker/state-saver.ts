import { setTimeout as delay } from "node:timers/promises";
import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { StateTracker } from "../browser/profile-state.ts";
import { fingerprint, type StorageState, type WrittenState, writeState } from "../browser/state-files.ts";

export type StateSaver = {
  /** Something may have changed it: it is collected soon, beside whatever goes on, and saved if it has changed. */
  changed(): void;
  /** Saves it for the last time. Rejects when it cannot be collected or written; the last good state is kept then. */
  saveNow(): Promise<void>;
};

/** Changes of this long are saved together, milliseconds. */
const gatherMs = 250;
/** Collecting takes at most this part of the time: a large database is read, and holds up its page, less often. */
const share = 1 / 40;
/** A page that is on its way to another does not answer: it is not waited for longer, milliseconds. */
const lookMs = 1_000;

export type StateSaverOptions = {
  profileDir: string;
  tracker: StateTracker;
  /** What the profile was opened with. */
  before: StorageState | undefined;
  onSaved(written: WrittenState): Promise<void>;
  /** The profile holds what a saved state cannot; told once of each kind. */
  onUnsaved(kinds: ProfileFlag[]): void;
  /** Told of each saving that failed and will be tried again. */
  onFailed(error: unknown): void;
};

/** Saves a profile's state one at a time while it is in use. All that one saver saves takes the place of what it saved before. */
export function createStateSaver(options: StateSaverOptions): StateSaver {
  let saved = options.before && fingerprint(options.before);
  let looked: string | undefined;
  let version: number | undefined;
  let waitMs = gatherMs;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let over = false;
  const told = new Set<ProfileFlag>();

  async function save(): Promise<void> {
    const since = performance.now();
    const state = await options.tracker.collect();
    waitMs = Math.max(gatherMs, (performance.now() - since) / share);
    const now = fingerprint(state);
    if (now !== saved) await write(state, now);
    if (now !== looked || over) await lookForUnsaved(state, now);
  }

  async function write(state: StorageState, now: string): Promise<void> {
    const written = await writeState(options.profileDir, state, version === undefined ? {} : { instead: version });
    saved = now;
    version = written.version;
    await options.onSaved(written);
  }

  async function lookForUnsaved(state: StorageState, now: string): Promise<void> {
    // a page that went away meanwhile is asked at the next saving; that the state is saved does not depend on it
    const nothing = new Set<ProfileFlag>();
    const late = delay(lookMs, nothing, { ref: false });
    const kinds = await Promise.race([options.tracker.unsaved(state).catch(() => nothing), late]);
    looked = now;
    const fresh = [...kinds].filter((kind) => !told.has(kind));
    for (const kind of fresh) told.add(kind);
    if (fresh.length > 0) options.onUnsaved(fresh);
  }

  return {
    changed: () => {
      if (over || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        running = running.then(save).catch(options.onFailed);
      }, waitMs);
    },
    saveNow: () => {
      over = true;
      clearTimeout(timer);
      return running.then(save);
    },
  };
}

import type { TrialNews, TrialStep } from "@deskhand/shared/protocol/trial";
import { createContext, useContext, useSyncExternalStore } from "react";

/** What the person can have the draft do. */
export type TrialActs = {
  next(): void;
  toEnd(): void;
  startOver(): void;
  /** It stands before that step then. */
  runTo(id: string): void;
  /** That step alone. */
  runOne(id: string): void;
  runFrom(id: string): void;
  stop(): void;
  /** What these ways lead to is shown on the page from now on; null: nothing. */
  look(look: TrialLook | null): void;
};

export type TrialLook = { path: string; selectors: unknown; frame?: unknown; target?: unknown };

export type TrialState = {
  isRunning: boolean;
  /** The step that it stands before, or is at; null when it is through. */
  nextId: string | null;
  note: string | null;
  /** How each step went, by the editor's id of it. */
  results: ReadonlyMap<string, TrialStep>;
  probe: TrialNews["probe"];
  /** The field whose ways are looked for. */
  path: string | null;
  acts: TrialActs;
};

/** How a trial of the draft stands; null while there is none. Kept beside the editor, so that only what shows it is drawn again. */
export type TrialStore = {
  get(): TrialState | null;
  set(state: TrialState | null): void;
  subscribe(listener: () => void): () => void;
};

export function createTrialStore(): TrialStore {
  let state: TrialState | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set: (next) => {
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const nothing = createTrialStore();

export const TrialContext = createContext<TrialStore>(nothing);
/** Opens what a trial begins with, and begins at that step then; null where none can be begun. */
export const BeginTrialContext = createContext<((from: string | null) => void) | null>(null);

/** A part of how the trial stands; drawn again when that part is another. */
export function useTrial<T>(select: (state: TrialState | null) => T): T {
  const store = useContext(TrialContext);
  return useSyncExternalStore(
    store.subscribe,
    () => select(store.get()),
    () => select(null),
  );
}

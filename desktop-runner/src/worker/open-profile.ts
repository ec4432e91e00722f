import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { BrowserPool } from "../browser/browser-pool.ts";
import type { PreparedContext } from "../browser/browser-shard.ts";
import type { ContextShape } from "../browser/context-shape.ts";
import { type DedicatedContext, openDedicated } from "../browser/dedicated-browser.ts";
import { extensionsOf } from "../browser/extensions.ts";
import { findFolderBrowser } from "../browser/find-browser.ts";
import { originsOfFolder } from "../browser/folder-origins.ts";
import { restoreFolder, restoreState, type StateTracker } from "../browser/profile-state.ts";
import type { LoadedState } from "../browser/profile-store.ts";
import { userDataOf } from "../browser/user-data-folder.ts";
import { collectOrigins } from "../browser/visit-origins.ts";
import { StepFailure } from "../workflow/step-failure.ts";

/** What contexts are opened with in this process. */
export type Engines = { pool: BrowserPool; tracesDir: string; downloadsPath: string };

export type OpenedProfile = {
  prepared: PreparedContext;
  /** Puts the profile's state in, when its gate lets through what it may. `onCookiesLost` as {@link restoreState} has it. */
  restore(onCookiesLost: () => void): Promise<StateTracker>;
  /**
   * Opens each site that the folder keeps something of, as an empty page: what is collected from here on is all that the folder holds. Not where
   * the folder was out of step with the state. @returns what of it no state can hold
   */
  visitAll(): Promise<Set<ProfileFlag>>;
  /** The state was saved under that version. */
  onSaved(version: number): Promise<void>;
  close(): Promise<void>;
};

type Wish = {
  profileDir: string;
  settings: ProfileSettings;
  shape: ContextShape;
  /** In a window that a person can use. */
  window: boolean;
  /** Records what happens in it. */
  trace: boolean;
  /** For {@link OpenedProfile.visitAll}. */
  whole?: boolean;
  loaded: Pick<LoadedState, "state" | "version">;
};

/**
 * Opens a profile's context in the engine that it wants; the caller has its lock. A window is always a browser of its own.
 * @throws StepFailure BROWSER_CRASHED, BROWSER_MISSING, DISPLAY_MISSING
 */
export async function openProfile({ pool, ...folders }: Engines, wish: Wish): Promise<OpenedProfile> {
  const { settings, shape, loaded, window, trace } = wish;
  if (settings.engine === "shared" && !window) {
    const prepared = await (trace ? pool.take(shape) : pool.open(shape)).catch(() => {
      throw new StepFailure("BROWSER_CRASHED");
    });
    return {
      prepared,
      restore: (onCookiesLost) => restoreState(prepared.context, loaded.state, onCookiesLost),
      visitAll: async () => new Set(),
      onSaved: async () => {},
      close: () => prepared.context.close(),
    };
  }
  const origins = wish.whole ? await originsOfFolder(userDataOf(wish.profileDir)) : [];
  const dedicated = await launch(wish, folders);
  let isTrue = true;
  return {
    prepared: dedicated,
    restore: async (onCookiesLost) => {
      const folder = await dedicated.folder.folderWith(loaded.version ?? null);
      isTrue = folder.isInStep || !loaded.state;
      const tracker = await restoreFolder(dedicated.context, loaded.state, folder, onCookiesLost);
      if (loaded.version !== undefined) await dedicated.folder.isInStepWith(loaded.version);
      return tracker;
    },
    visitAll: async () => (isTrue ? (await collectOrigins(dedicated.context, origins)).kinds : new Set()),
    onSaved: (version) => dedicated.folder.isInStepWith(version),
    close: () => dedicated.close(),
  };
}

async function launch({ profileDir, settings, shape, window, trace }: Wish, folders: Omit<Engines, "pool">): Promise<DedicatedContext> {
  const executablePath = findFolderBrowser({ window, extensions: extensionsOf(profileDir).length > 0 });
  if (!executablePath) throw new StepFailure("BROWSER_MISSING");
  if (window && !hasDisplay()) throw new StepFailure("DISPLAY_MISSING");
  try {
    return await openDedicated(profileDir, { ...folders, executablePath, shape, identity: settings.identity, window, trace });
  } catch {
    throw new StepFailure("BROWSER_CRASHED");
  }
}

function hasDisplay(): boolean {
  return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import { type BrowserContext, chromium } from "playwright-core";
import { answered } from "../browser/answered.ts";
import { bringInStep, type Folder, mendStorage } from "../browser/profile-state.ts";
import { loadProfileState } from "../browser/profile-store.ts";
import { fingerprint, type StorageState, writeState } from "../browser/state-files.ts";
import type { UserDataFolder } from "../browser/user-data-folder.ts";
import { collectOrigins, visitOrigins } from "../browser/visit-origins.ts";
import type { CdpPipe } from "./cdp-pipe.ts";

/** An address where Playwright finds the browser, for as long as the work takes. */
type Visit = <T>(work: (context: BrowserContext) => Promise<T>) => Promise<T>;

type Options = {
  profileDir: string;
  /** Of a browser that keeps itself in the profile's own folder. */
  folder: UserDataFolder | undefined;
  pipe: CdpPipe;
  visit: Visit;
  /** The newest state could not be read: the one before it is used. */
  onRestored(): void;
  /** The sites keep what no state can hold; each kind is told once. */
  onUnsaved(kinds: ProfileFlag[]): void;
};

/**
 * What of a profile's state has to be put into a browser of its own, and taken out of it again. No client is connected meanwhile. All that one
 * keeper saves takes the place of what it saved before; what is as it was is not saved.
 */
export function stateKeeper({ profileDir, folder, pipe, visit, onRestored, onUnsaved }: Options) {
  let last: StorageState = { cookies: [], origins: [] };
  let saved: string | undefined;
  let version: number | undefined;
  const told = new Set<ProfileFlag>();

  /** @returns bytes; undefined when it is as it was */
  async function write(state: StorageState): Promise<number | undefined> {
    last = state;
    const now = fingerprint(state);
    if (now === saved) return undefined;
    const written = await writeState(profileDir, state, version === undefined ? {} : { instead: version });
    saved = now;
    version = written.version;
    await folder?.isInStepWith(version);
    return written.bytes;
  }

  return {
    /**
     * Puts the state in; into a browser with a folder of its own what the folder lacks of it.
     * @returns the origins of the state; undefined when it was there and could not be read
     */
    restore: async (): Promise<string[] | undefined> => {
      const { state, version: found, lost, restored } = await loadProfileState(profileDir);
      if (lost) return undefined;
      if (restored) onRestored();
      if (!state || found === undefined) return [];
      last = state;
      saved = fingerprint(state);
      if (folder) {
        const now = await folder.folderWith(found);
        await visit((context) => mend(context, state, now));
        await folder.isInStepWith(found);
      } else await visit((context) => context.setStorageState(state));
      return state.origins.map(({ origin }) => origin);
    },
    /** Everything, of these origins. @returns bytes; undefined when it is as it was */
    save: async (origins: readonly string[]): Promise<number | undefined> => {
      const { state, kinds } = await visit((context) => collectOrigins(context, origins));
      const fresh = [...kinds].filter((kind) => !told.has(kind));
      for (const kind of fresh) told.add(kind);
      if (fresh.length > 0) onUnsaved(fresh);
      return write(state);
    },
    /** Only the cookies, which can be had without opening a page that a client would see. @returns bytes; undefined when they are as they were */
    saveCookies: async (): Promise<number | undefined> => {
      const { cookies } = await answered(() => pipe.request("Storage.getCookies"));
      return write({ ...last, cookies: (cookies as Record<string, unknown>[]).map(toStateCookie) });
    },
  };
}

/** As {@link restoreFolder}, at once: whoever connects may open pages that no script of ours comes before. */
async function mend(context: BrowserContext, state: StorageState, folder: Folder): Promise<void> {
  const stored = await bringInStep(context, state, folder);
  if (stored.length === 0) return;
  const itemsOf = new Map(stored.map(({ origin, localStorage: items }) => [origin, items]));
  await visitOrigins(context, itemsOf.keys(), (page, origin) => page.evaluate(mendStorage, { origin, items: itemsOf.get(origin) ?? [] }));
}

type Cookie = StorageState["cookies"][number];

/** As Playwright makes it of the protocol's. */
function toStateCookie(cookie: Record<string, unknown>): Cookie {
  const { name, value, domain, path, expires, httpOnly, secure, sameSite = "Lax", partitionKey } = cookie;
  const key = partitionKey as { topLevelSite: string; hasCrossSiteAncestor: boolean } | undefined;
  return {
    name,
    value,
    domain,
    path,
    expires,
    httpOnly,
    secure,
    sameSite,
    ...(key && { partitionKey: key.topLevelSite, _crHasCrossSiteAncestor: key.hasCrossSiteAncestor }),
  } as Cookie;
}

/** Playwright on this address. It leaves the browser as it is. */
export function visitBy(address: string): Visit {
  return async (work) => {
    const browser = await chromium.connectOverCDP(address);
    try {
      const [context] = browser.contexts();
      if (!context) throw new Error("the browser has no context");
      return await work(context);
    } finally {
      await browser.close();
    }
  };
}

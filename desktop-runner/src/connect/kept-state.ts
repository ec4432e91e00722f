import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { ProfileEngine } from "@deskhand/shared/schemas/profile-settings";
import { type BrowserContext, chromium } from "playwright-core";
import { answered } from "../browser/answered.ts";
import { loadProfileState, type StorageState, saveProfileState } from "../browser/profile-store.ts";
import { findUnsavedKinds } from "../browser/unsaved-kinds.ts";
import type { CdpPipe } from "./cdp-pipe.ts";

/** An address where Playwright finds the browser, for as long as the work takes. */
type Visit = <T>(work: (context: BrowserContext) => Promise<T>) => Promise<T>;

type Options = {
  profileDir: string;
  pipe: CdpPipe;
  visit: Visit;
  /** The newest state could not be read: the one before it is used. */
  onRestored(): void;
  /** The sites keep what no state can hold; each kind is told once. */
  onUnsaved(kinds: ProfileFlag[]): void;
};

/** What of a profile's state has to be put into a browser of its own, and taken out of it again. No client is connected meanwhile. */
export function stateKeeper({ profileDir, pipe, visit, onRestored, onUnsaved }: Options) {
  let last: StorageState = { cookies: [], origins: [] };
  const told = new Set<ProfileFlag>();

  return {
    /**
     * Puts the state in; of a browser with a folder of its own only what such a folder does not keep, the cookies that end with a session.
     * @returns the origins of the state; undefined when it was there and could not be read
     */
    restore: async (engine: ProfileEngine): Promise<string[] | undefined> => {
      const { state, lost, restored } = await loadProfileState(profileDir);
      if (lost) return undefined;
      if (restored) onRestored();
      if (!state) return [];
      last = state;
      const ofSession = state.cookies.filter(({ expires }) => expires === -1);
      if (engine === "shared") await visit((context) => context.setStorageState(state));
      else if (ofSession.length > 0) await visit((context) => context.addCookies(ofSession));
      return state.origins.map(({ origin }) => origin);
    },
    /** Everything, of these origins. @returns bytes */
    save: async (origins: readonly string[]): Promise<number> => {
      const { state, kinds } = await visit((context) => collect(context, origins));
      last = state;
      const fresh = [...kinds].filter((kind) => !told.has(kind));
      for (const kind of fresh) told.add(kind);
      if (fresh.length > 0) onUnsaved(fresh);
      return saveProfileState(profileDir, last);
    },
    /** Only the cookies, which can be had without opening a page that a client would see. Undefined when they are as they were. */
    saveCookies: async (): Promise<number | undefined> => {
      const { cookies } = await answered(() => pipe.request("Storage.getCookies"));
      const now = (cookies as Record<string, unknown>[]).map(toStateCookie);
      if (JSON.stringify(now) === JSON.stringify(last.cookies)) return undefined;
      last = { ...last, cookies: now };
      return saveProfileState(profileDir, last);
    },
  };
}

/** Playwright asks the origins that it has seen itself: each is shown to it as an empty page, which asks nothing of the network. */
async function collect(context: BrowserContext, origins: readonly string[]): Promise<{ state: StorageState; kinds: Set<ProfileFlag> }> {
  const page = await context.newPage();
  try {
    await page.route("**/*", (route) => route.fulfill({ body: "<title></title>", contentType: "text/html" }));
    for (const origin of origins) await page.goto(origin).catch(() => {});
    const state = await answered(() => context.storageState({ indexedDB: true }));
    const kinds = new Set<ProfileFlag>();
    for (const origin of origins) {
      // its databases are looked into from a page of it
      const kept = { ...state, origins: state.origins.filter((one) => one.origin === origin) };
      if (kept.origins.length > 0) await page.goto(origin).catch(() => {});
      for (const kind of await findUnsavedKinds(context, [origin], kept).catch(() => [])) kinds.add(kind);
    }
    return { state, kinds };
  } finally {
    await page.close();
  }
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

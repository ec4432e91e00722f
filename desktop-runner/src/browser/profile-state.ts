import { isDeepStrictEqual } from "node:util";
import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { answered } from "./answered.ts";
import { guardCookies } from "./cookie-guard.ts";
import type { StorageState } from "./state-files.ts";
import { findUnsavedKinds } from "./unsaved-kinds.ts";

/** Above this much localStorage the state is put in by visiting the origins rather than by a script in every page. */
const maxScriptBytes = 1024 * 1024;

export type StateTracker = {
  /** The profile's state now: what this context holds, and what it was given for origins that nobody visited. */
  collect(): Promise<StorageState>;
  /** What the visited origins keep and `state`, which was collected, does not hold. */
  unsaved(state: StorageState): Promise<Set<ProfileFlag>>;
};

/**
 * Puts a profile's state into a fresh context and keeps track of it.
 *
 * Playwright restores storage by opening a page on every origin, 130 to 240 ms each. Cookies need none of that, and
 * localStorage can be filled by a script at the start of the first page of its origin, so only a profile with IndexedDB pays.
 * `onCookiesLost` is told when the browser lost the context's cookies and got them back from here.
 */
export async function restoreState(
  context: BrowserContext,
  state: StorageState | undefined,
  onCookiesLost: () => void = () => {},
): Promise<StateTracker> {
  const waiting = new Map<string, { dispose(): Promise<void> }>();
  const visited = watchVisits(context, (origin) => {
    void waiting.get(origin)?.dispose();
    waiting.delete(origin);
  });
  const origins = state?.origins ?? [];
  const hasDatabases = origins.some((origin) => ((origin as { indexedDB?: unknown[] }).indexedDB?.length ?? 0) > 0);
  const scripted = !hasDatabases && JSON.stringify(origins).length <= maxScriptBytes;
  if (state && !scripted) {
    await context.setStorageState(state);
  } else if (state) {
    if (state.cookies.length > 0) await addCookies(context, state.cookies);
    for (const { origin, localStorage } of origins) {
      waiting.set(origin, await context.addInitScript(fillStorage, { origin, items: localStorage }));
    }
  }
  return track(context, visited, state, (origin) => scripted && !visited.has(origin), onCookiesLost);
}

export type Folder = {
  /** The folder holds what the state holds, and may be newer. When it is not, the state is put into it. */
  isInStep: boolean;
  /** Its browser was killed: what it had not written yet is in the state, which goes before what the folder has. */
  wasKilled: boolean;
};

/**
 * As {@link restoreState}, for a context that keeps itself in a folder: the folder loses nothing but the cookies that end with the browser,
 * and of a browser that was killed the cookies of its last half minute and localStorage of its last seconds (seen with Chromium 156).
 * Databases it writes down at once, and what of them no state can hold is in the folder alone.
 */
export async function restoreFolder(
  context: BrowserContext,
  state: StorageState | undefined,
  folder: Folder,
  onCookiesLost: () => void = () => {},
): Promise<StateTracker> {
  const waiting = new Map<string, { dispose(): Promise<void> }>();
  const visited = watchVisits(context, (origin) => {
    void waiting.get(origin)?.dispose();
    waiting.delete(origin);
  });
  const stored = state ? await bringInStep(context, state, folder) : [];
  for (const { origin, localStorage: items } of stored) waiting.set(origin, await context.addInitScript(mendStorage, { origin, items }));
  // what is kept of origins that nobody visits is in the folder, and in the state as it was
  return track(context, visited, state, (origin) => !visited.has(origin), onCookiesLost);
}

/**
 * Puts into a context that keeps itself in a folder what the folder lacks of the state.
 * @returns the origins whose localStorage of the state has yet to be written over what is there, by {@link mendStorage} in a page of theirs
 */
export async function bringInStep(
  context: BrowserContext,
  state: StorageState,
  { isInStep, wasKilled }: Folder,
): Promise<StorageState["origins"]> {
  if (!isInStep) {
    await context.setStorageState(state);
    return [];
  }
  const there = new Map((await context.cookies()).map((cookie) => [nameOf(cookie), cookie.value]));
  const lost = state.cookies.filter((cookie) => {
    return wasKilled ? there.get(nameOf(cookie)) !== cookie.value : cookie.expires < 0 && !there.has(nameOf(cookie));
  });
  if (lost.length > 0) await addCookies(context, lost);
  return wasKilled ? state.origins.filter(({ localStorage: items }) => items.length > 0) : [];
}

function track(
  context: BrowserContext,
  visited: ReadonlySet<string>,
  before: StorageState | undefined,
  isUnseen: (origin: string) => boolean,
  onCookiesLost: () => void,
): StateTracker {
  const guard = guardCookies(context, before?.cookies ?? [], onCookiesLost);
  return {
    collect: async () => {
      const now = await snapshot(context);
      const cookies = await guard.check(now.cookies);
      const known = new Set(now.origins.map(({ origin }) => origin));
      const unseen = (before?.origins ?? []).filter(({ origin }) => isUnseen(origin) && !known.has(origin));
      return { ...now, cookies, origins: [...now.origins, ...unseen] };
    },
    unsaved: (collected) => findUnsavedKinds(context, visited, collected),
  };
}

/**
 * Playwright reads the cookies first and the storage, which takes long, after them. A page that signs in meanwhile would be kept with what it
 * stored and without its cookie: so the cookies are read again, and when they are others the storage once more.
 */
async function snapshot(context: BrowserContext): Promise<StorageState> {
  const everything = () => answered(() => context.storageState({ indexedDB: true }));
  const cookiesNow = () => answered(() => context.cookies());
  const first = await everything();
  const cookies = await cookiesNow();
  if (isDeepStrictEqual(cookies, first.cookies)) return first;
  const { origins } = await everything();
  return { cookies: await cookiesNow(), origins };
}

/** Collects the origins that the context's pages come to. */
function watchVisits(context: BrowserContext, onVisit: (origin: string) => void): ReadonlySet<string> {
  const visited = new Set<string>();
  const onNavigated = (frame: Frame) => {
    const origin = originOf(frame.url());
    if (!origin) return;
    visited.add(origin);
    onVisit(origin);
  };
  const onPage = (page: Page) => void page.on("framenavigated", onNavigated);
  for (const page of context.pages()) onPage(page);
  context.on("page", onPage);
  return visited;
}

/** Runs in each new page before its own scripts, until the first one of the origin has been seen. */
function fillStorage({ origin, items }: { origin: string; items: { name: string; value: string }[] }): void {
  if (location.origin !== origin || localStorage.length > 0) return;
  for (const { name, value } of items) localStorage.setItem(name, value);
}

/** As {@link fillStorage}, beside what is there. */
export function mendStorage({ origin, items }: { origin: string; items: { name: string; value: string }[] }): void {
  if (location.origin !== origin) return;
  for (const { name, value } of items) localStorage.setItem(name, value);
}

function nameOf({ name, domain, path }: StorageState["cookies"][number]): string {
  return `${name} ${domain} ${path}`;
}

/** One cookie that the browser does not take must not cost the others. */
async function addCookies(context: BrowserContext, cookies: StorageState["cookies"]): Promise<void> {
  try {
    await context.addCookies(cookies);
  } catch {
    for (const cookie of cookies) await context.addCookies([cookie]).catch(() => {});
  }
}

function originOf(url: string): string | undefined {
  return /^https?:/.test(url) ? new URL(url).origin : undefined;
}

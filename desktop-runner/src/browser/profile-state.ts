import type { BrowserContext, Frame, Page } from "playwright-core";
import type { StorageState } from "./profile-store.ts";

/** Above this much localStorage the state is put in by visiting the origins rather than by a script in every page. */
const maxScriptBytes = 1024 * 1024;

export type StateTracker = {
  /** The profile's state now: what this context holds, and what it was given for origins that nobody visited. */
  collect(): Promise<StorageState>;
};

/**
 * Puts a profile's state into a fresh context and keeps track of it.
 *
 * Playwright restores storage by opening a page on every origin, 130 to 240 ms each. Cookies need none of that, and
 * localStorage can be filled by a script at the start of the first page of its origin, so only a profile with IndexedDB pays.
 */
export async function restoreState(context: BrowserContext, state: StorageState | undefined): Promise<StateTracker> {
  const visited = new Set<string>();
  const waiting = new Map<string, { dispose(): Promise<void> }>();
  const onNavigated = (frame: Frame) => {
    const origin = originOf(frame.url());
    if (!origin) return;
    visited.add(origin);
    void waiting.get(origin)?.dispose();
    waiting.delete(origin);
  };
  const onPage = (page: Page) => void page.on("framenavigated", onNavigated);
  for (const page of context.pages()) onPage(page);
  context.on("page", onPage);

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
  return {
    collect: async () => {
      const now = await context.storageState({ indexedDB: true });
      const unvisited = scripted ? origins.filter(({ origin }) => !visited.has(origin)) : [];
      const known = new Set(now.origins.map(({ origin }) => origin));
      return { ...now, origins: [...now.origins, ...unvisited.filter(({ origin }) => !known.has(origin))] };
    },
  };
}

/** Runs in each new page before its own scripts, until the first one of the origin has been seen. */
function fillStorage({ origin, items }: { origin: string; items: { name: string; value: string }[] }): void {
  if (location.origin !== origin || localStorage.length > 0) return;
  for (const { name, value } of items) localStorage.setItem(name, value);
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

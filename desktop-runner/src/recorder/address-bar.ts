import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, CDPSession, Page } from "playwright-core";

/** What Chromium calls it when a person writes an address, or chooses one that is kept. */
const written = ["typed", "address_bar", "auto_bookmark", "auto_toplevel", "generated", "keyword", "keyword_generated"];
/** What comes so soon after an act on the page is the page's doing: it can go back and load itself again too; milliseconds. */
const pagesOwnMs = 1_000;
const mostTries = 20;
const betweenTriesMs = 50;

/** `at`: when it was looked at, ms. */
type Known = { ids: Set<number>; index: number; loader: string; at: number };

export type AddressBar = {
  /** From here on it is known where the window has been. */
  learn(page: Page): Promise<void>;
  /** Has a person led the window to what it shows now, by its address bar or its buttons? `actedAt`: when they last did something on a page, ms. */
  hasLed(page: Page, actedAt: number): Promise<boolean>;
};

/** Tells what people do with a real window around its pages, which the pages do not see. */
export function watchAddressBar(context: BrowserContext): AddressBar {
  const sessions = new WeakMap<Page, Promise<CDPSession>>();
  const known = new WeakMap<Page, Known>();

  async function look(page: Page) {
    const session = sessions.get(page) ?? context.newCDPSession(page);
    sessions.set(page, session);
    const asked = await session;
    const { entries, currentIndex } = await asked.send("Page.getNavigationHistory");
    // a page that says why another could not be opened does not answer
    const loader = isSite(page) ? (await asked.send("Page.getFrameTree")).frameTree.frame.loaderId : "";
    const before = known.get(page);
    const ids = new Set([...(before?.ids ?? []), ...entries.map(({ id }) => id)]);
    known.set(page, { ids, index: currentIndex, loader, at: Date.now() });
    return { before, entry: entries[currentIndex], index: currentIndex, loader };
  }

  /** A page that moves to another process cannot be asked for a moment. */
  async function lookWhenThere(page: Page) {
    for (let tries = 1; ; tries++) {
      try {
        return await look(page);
      } catch (error) {
        if (tries === mostTries || page.isClosed()) throw error;
        await delay(betweenTriesMs);
      }
    }
  }

  return {
    async learn(page) {
      await lookWhenThere(page).catch(() => {});
    },
    async hasLed(page, actedAt) {
      const at = Date.now();
      const { before, entry, index, loader } = await lookWhenThere(page);
      if (!entry) return false;
      if (!before?.ids.has(entry.id)) return written.includes(entry.transitionType);
      const hasMoved = index !== before.index || loader !== before.loader;
      const isPagesOwn = actedAt > before.at && at - actedAt < pagesOwnMs;
      return hasMoved && !isPagesOwn;
    },
  };
}

function isSite(page: Page): boolean {
  return /^https?:/.test(page.url());
}

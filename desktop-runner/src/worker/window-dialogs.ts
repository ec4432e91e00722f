import type { BrowserContext, CDPSession, Dialog, Page } from "playwright-core";
import type { ShownAnswer } from "./page-dialogs.ts";

export type WindowDialogs = {
  /** Resolves with what the person answered, or undefined when the page is gone or the window is nobody's any more. */
  answered(dialog: Dialog): Promise<ShownAnswer | undefined>;
  release(): void;
};

/**
 * The dialogs of a window on this computer's screen. The browser shows its own there, and tells how it was answered: a page asks one thing at
 * a time, so what is answered next is what was asked last.
 */
export function watchWindowDialogs(context: BrowserContext): WindowDialogs {
  const asked = new Map<Page, (answer: ShownAnswer | undefined) => void>();
  const sessions = new Set<CDPSession>();
  const settle = (page: Page, answer?: ShownAnswer) => {
    asked.get(page)?.(answer);
    asked.delete(page);
  };
  const watch = async (page: Page) => {
    page.once("close", () => settle(page));
    const session = await context.newCDPSession(page);
    sessions.add(session);
    session.on("Page.javascriptDialogClosed", ({ result, userInput }) => settle(page, { accept: result, text: userInput, isDone: true }));
    await session.send("Page.enable");
  };
  // one that is gone by then asks nothing
  const onPage = (page: Page) => void watch(page).catch(() => {});
  for (const page of context.pages()) onPage(page);
  context.on("page", onPage);
  return {
    answered(dialog) {
      const page = dialog.page();
      if (!page) return Promise.resolve(undefined);
      return new Promise((resolve) => asked.set(page, resolve));
    },
    release() {
      context.off("page", onPage);
      for (const page of [...asked.keys()]) settle(page);
      for (const session of sessions) session.detach().catch(() => {});
    },
  };
}

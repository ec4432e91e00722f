import type { Browser, CDPSession } from "playwright-core";

const sessions = new WeakMap<Browser, Promise<CDPSession>>();

/**
 * The number of the process that does the browser's networking and holds its cookies; undefined when the browser does not tell. When it
 * dies the browser starts another, and every context has lost its cookies and its proxy (seen with Chromium 156: the browser's own proxy,
 * a gate that stays closed, takes its place).
 */
export async function networkProcess(browser: Browser): Promise<number | undefined> {
  try {
    let session = sessions.get(browser);
    if (!session) {
      session = browser.newBrowserCDPSession();
      sessions.set(browser, session);
    }
    const { processInfo } = await (await session).send("SystemInfo.getProcessInfo");
    return processInfo.find(({ type }) => type === "network.mojom.NetworkService")?.id;
  } catch {
    return undefined;
  }
}

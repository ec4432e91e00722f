import type { BrowserContext, Page } from "playwright-core";

export type DownloadMeter = {
  /** From now on downloads of the context end once they are, or are going to be, larger than `maxBytes` says; `onBroken` is told of each. */
  limit(maxBytes: () => number, onBroken: () => void): void;
};

/**
 * Sees how far downloads are while they go on, which Playwright does not tell: one without end must not fill the disk before anybody looks
 * at its size. The browser tells twice a second. `folder` is the one from which Playwright takes the files.
 */
export async function meterDownloads(context: BrowserContext, page: Page, folder: string): Promise<DownloadMeter> {
  const browser = context.browser();
  if (!browser) throw new Error("a context without a browser has no downloads");
  let limits: { maxBytes: () => number; onBroken: () => void } | undefined;
  const refused = new Set<string>();
  // a session for each context, because what it hears does not name the context
  const [session, pageSession] = await Promise.all([browser.newBrowserCDPSession(), context.newCDPSession(page)]);
  const { targetInfo } = await pageSession.send("Target.getTargetInfo");
  const { browserContextId } = targetInfo;
  void pageSession.detach().catch(() => {});
  session.on("Browser.downloadProgress", ({ guid, receivedBytes, totalBytes, state }) => {
    if (!limits || state !== "inProgress" || refused.has(guid)) return;
    if (Math.max(receivedBytes, totalBytes) <= limits.maxBytes()) return;
    refused.add(guid);
    limits.onBroken();
    session.send("Browser.cancelDownload", { guid, ...(browserContextId && { browserContextId }) }).catch(() => {});
  });
  // the behaviour is the one that Playwright set; only the events are new
  await session.send("Browser.setDownloadBehavior", {
    behavior: "allowAndName",
    downloadPath: folder,
    eventsEnabled: true,
    ...(browserContextId && { browserContextId }),
  });
  context.once("close", () => void session.detach().catch(() => {}));
  return {
    limit: (maxBytes, onBroken) => {
      limits = { maxBytes, onBroken };
    },
  };
}

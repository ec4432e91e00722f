import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, CDPSession, Page } from "playwright-core";

export type Frame = { data: Buffer; width: number; height: number; at: number };

export type Screencast = {
  /** The newest picture of the page, if it has been painted yet. */
  latest(): Frame | undefined;
  /** A picture of the page as it is now, or as it was just before it went on to another document. */
  settle(): Promise<Frame | undefined>;
  /** A picture taken on purpose: surer and dearer. Undefined when the page cannot be painted. */
  capture(): Promise<Frame | undefined>;
  /** Watches every picture, at up to 30 a second, until the returned function is called. */
  watch(onFrame: (frame: Frame) => void): () => void;
};

/** Half of what a picture costs is its size: small while it only documents the steps, large while somebody looks. */
const calmFormat = { format: "jpeg", quality: 60, maxWidth: 800, maxHeight: 800, everyNthFrame: 1 } as const;
const liveFormat = { format: "jpeg", quality: 50, maxWidth: 1280, maxHeight: 1280, everyNthFrame: 1 } as const;
/** Pictures a second on a page that is always in motion; a calm page sends one for each change. */
const calmRate = 5;
const liveRate = 30;
const burst = 30;
const settleMs = 80;

/**
 * Lets the browser send a picture of the page whenever it changes. That costs a fraction of taking screenshots (measured on
 * a six-step sign-in: 6 % against 30 %), so step screenshots and the live view both come from it.
 */
export async function startScreencast(context: BrowserContext, page: Page): Promise<Screencast> {
  const session = await context.newCDPSession(page);
  const watchers = new Set<(frame: Frame) => void>();
  let latest: Frame | undefined;
  let tokens = burst;
  let refilledAt = Date.now();
  let stalled = false;

  session.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
    latest = {
      data: Buffer.from(data, "base64"),
      width: Math.max(1, Math.round(metadata.deviceWidth)),
      height: Math.max(1, Math.round(metadata.deviceHeight)),
      at: metadata.timestamp ? metadata.timestamp * 1000 : Date.now(),
    };
    for (const watcher of watchers) watcher(latest);
    void acknowledge(sessionId);
  });

  /** The browser sends no more than two pictures ahead, so acknowledging late is what slows it down. */
  async function acknowledge(sessionId: number): Promise<void> {
    const rate = watchers.size > 0 ? liveRate : calmRate;
    const now = Date.now();
    tokens = Math.min(burst, tokens + ((now - refilledAt) * rate) / 1000);
    refilledAt = now;
    tokens -= 1;
    if (tokens < 0) {
      stalled = true;
      await delay((-tokens * 1000) / rate, undefined, { ref: false });
      stalled = false;
    }
    await session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  }

  const restart = async (format: typeof calmFormat | typeof liveFormat) => {
    await session.send("Page.stopScreencast");
    await session.send("Page.startScreencast", format);
  };

  await session.send("Page.startScreencast", calmFormat);
  return {
    latest: () => latest,
    settle: async () => {
      // pictures were dropped while the brake was on: the newest may be old
      if (stalled) return (await capture(session)) ?? latest;
      let shown = latest;
      let over = false;
      await new Promise<void>((resolve) => {
        const finish = () => {
          if (!over) shown = latest;
          over = true;
          clearTimeout(timer);
          page.off("framenavigated", finish);
          page.off("close", finish);
          resolve();
        };
        const timer = setTimeout(finish, settleMs);
        page.once("framenavigated", finish);
        page.once("close", finish);
      });
      return shown;
    },
    capture: async () => (await capture(session)) ?? latest,
    watch: (onFrame) => {
      watchers.add(onFrame);
      if (latest) onFrame(latest);
      if (watchers.size === 1) restart(liveFormat).catch(() => {}); // the page is gone: so are its pictures
      return () => {
        if (watchers.delete(onFrame) && watchers.size === 0) restart(calmFormat).catch(() => {});
      };
    },
  };
}

async function capture(session: CDPSession): Promise<Frame | undefined> {
  const shot = session.send("Page.captureScreenshot", { format: "jpeg", quality: 60, optimizeForSpeed: true }).catch(() => undefined);
  const answer = await Promise.race([shot, delay(2000, undefined, { ref: false })]);
  return answer && { data: Buffer.from(answer.data, "base64"), width: 0, height: 0, at: Date.now() };
}

import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, CDPSession, Page } from "playwright-core";

export type Frame = { data: Buffer; width: number; height: number; at: number };

export type Screencast = {
  /** A picture of the page as it is soon after this call; steps that follow each other closely may share one. Undefined when it shows none. */
  settle(): Promise<Frame | undefined>;
  /** A picture taken on purpose: surer and dearer. Undefined when the page cannot be painted. */
  capture(): Promise<Frame | undefined>;
  /** Watches every picture, first the page as it is, until the returned function is called; `rate` pictures a second are enough, 30 at most. */
  watch(onFrame: (frame: Frame) => void, rate?: number): () => void;
};

/** Half of what a picture costs is its size: small while it only documents the steps, large while somebody looks. */
const calmFormat = { format: "jpeg", quality: 60, maxWidth: 800, maxHeight: 800, everyNthFrame: 1 } as const;
const liveFormat = { format: "jpeg", quality: 50, maxWidth: 1280, maxHeight: 1280, everyNthFrame: 1 } as const;
/** Pictures a second on a page that is always in motion; a calm page sends one for each change. */
const liveRate = 30;
/** A page that has not painted by then is asked for its picture in the dearer way; milliseconds. */
const patienceMs = 1000;

/**
 * Lets the browser send pictures of the page: one after each step, and each change while somebody looks. A casting page costs a fraction of
 * taking screenshots, but a third of a short run where every change is sent (measured on a six-step sign-in), so it is turned off between.
 */
export async function startScreencast(context: BrowserContext, page: Page): Promise<Screencast> {
  const session = await context.newCDPSession(page);
  /** With how many pictures a second each of them wants. */
  const watchers = new Map<(frame: Frame) => void, number>();
  const waiting = new Set<(frame: Frame) => void>();
  let tokens = liveRate;
  let refilledAt = Date.now();
  let shooting: Promise<Frame | undefined> | undefined;
  let next: Promise<Frame | undefined> | undefined;

  session.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
    const frame = {
      data: Buffer.from(data, "base64"),
      width: Math.max(1, Math.round(metadata.deviceWidth)),
      height: Math.max(1, Math.round(metadata.deviceHeight)),
      at: metadata.timestamp ? metadata.timestamp * 1000 : Date.now(),
    };
    for (const watcher of watchers.keys()) watcher(frame);
    for (const take of waiting) take(frame);
    waiting.clear();
    void acknowledge(sessionId);
  });

  /** The browser sends no more than two pictures ahead, so acknowledging late is what slows it down. */
  async function acknowledge(sessionId: number): Promise<void> {
    const now = Date.now();
    const rate = Math.max(...watchers.values(), watchers.size > 0 ? 1 : liveRate);
    tokens = Math.min(rate, tokens + ((now - refilledAt) * rate) / 1000);
    refilledAt = now;
    tokens -= 1;
    if (tokens < 0) await delay((-tokens * 1000) / rate, undefined, { ref: false });
    await session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  }

  async function cast(format: typeof calmFormat | typeof liveFormat | undefined): Promise<void> {
    await session.send("Page.stopScreencast");
    if (format) await session.send("Page.startScreencast", format);
  }

  async function shoot(): Promise<Frame | undefined> {
    const shot = new Promise<Frame | undefined>((resolve) => {
      const finish = (frame?: Frame) => {
        clearTimeout(timer);
        waiting.delete(finish);
        page.off("close", closed);
        resolve(frame);
      };
      const closed = () => finish();
      const timer = setTimeout(finish, patienceMs);
      waiting.add(finish);
      page.once("close", closed);
    });
    // a start makes the browser paint the page as it is, also when somebody looks already
    await cast(watchers.size > 0 ? liveFormat : calmFormat).catch(() => {});
    // a machine that is busy paints late: asked for on purpose, the picture comes all the same
    const frame = (await shot) ?? (page.isClosed() ? undefined : await capture(session));
    if (watchers.size === 0) await cast(undefined).catch(() => {});
    return frame;
  }

  return {
    settle: () => {
      // what is under way may have been painted before the step was done
      next ??= (shooting ?? Promise.resolve()).then(() => {
        shooting = next;
        next = undefined;
        return shoot();
      });
      return next;
    },
    capture: () => capture(session),
    watch: (onFrame, rate = liveRate) => {
      watchers.set(onFrame, rate);
      cast(liveFormat).catch(() => {}); // the page is gone: so are its pictures
      return () => {
        if (watchers.delete(onFrame) && watchers.size === 0) cast(undefined).catch(() => {});
      };
    },
  };
}

async function capture(session: CDPSession): Promise<Frame | undefined> {
  const shot = session.send("Page.captureScreenshot", { format: "jpeg", quality: 60, optimizeForSpeed: true }).catch(() => undefined);
  const answer = await Promise.race([shot, delay(2000, undefined, { ref: false })]);
  return answer && { data: Buffer.from(answer.data, "base64"), width: 0, height: 0, at: Date.now() };
}

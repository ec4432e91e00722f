import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { pollUntil } from "./polling.ts";
import { StepFailure } from "./step-failure.ts";

/** What a step may touch while it runs. */
export type StepScope = {
  context: BrowserContext;
  /** the page that the recording began on ("main") */
  mainPage: Page;
  page: Page;
  frame: Frame;
  timeoutMs: number;
  /** ms since the epoch */
  deadline: number;
  device: DeviceTraits;
  /** the run's result data; without a prototype, since its keys come from the recording */
  data: Record<string, unknown>;
  /** What lets the run reach the network; nothing does when it is absent. */
  way?: NetworkWay | undefined;
  warn(message: string): void;
  takeScreenshot(page: Page, name: string, fullPage: boolean): Promise<void>;
};

/** The way out of the browser, as far as steps have to know of it. */
export type NetworkWay = {
  /** Why this address is not opened, before anything is tried; undefined when it may be. */
  refuse(address: string): StepFailure | undefined;
  /** What is known of a try to open this address that failed: a refusal, or an error code of Node. */
  afterFailure(address: string): { refusal: StepFailure | undefined; trouble: string | undefined };
  /** The failure, or the refusal that it comes from. */
  explain(failure: StepFailure): StepFailure;
};

/** What the context was opened with; the rest of a device must be emulated page by page. */
export type DeviceTraits = { deviceScaleFactor: number; isMobile: boolean; hasTouch: boolean };

/** Milliseconds that Playwright may still take; it reads 0 as "for ever". */
export function remaining(scope: StepScope): number {
  return Math.max(1, scope.deadline - Date.now());
}

/**
 * Finds the page and frame of a step. A target is "main", the address of a pop-up, or that of a frame in a process of its
 * own; it is waited for until the deadline (ms since the epoch).
 */
export async function findPlace(
  context: BrowserContext,
  mainPage: Page,
  step: Step,
  deadline: number,
): Promise<{ page: Page; frame: Frame }> {
  const root = isMain(step) ? mainPage.mainFrame() : await findTarget(context, mainPage, step.target ?? "", deadline);
  const path = "frame" in step ? (step.frame ?? []) : [];
  if (path.length === 0) return { page: root.page(), frame: root };
  const frame = await pollUntil(deadline, async () =>
    path.reduce<Frame | undefined>((current, index) => current?.childFrames()[index], root),
  );
  if (!frame) throw new StepFailure("FRAME_NOT_FOUND");
  return { page: frame.page(), frame };
}

function isMain(step: Step): boolean {
  return step.target === undefined || step.target === "main" || step.target === "";
}

async function findTarget(context: BrowserContext, mainPage: Page, url: string, deadline: number): Promise<Frame> {
  const frame = await pollUntil(deadline, async () => {
    const page = context.pages().find((candidate) => candidate !== mainPage && candidate.url() === url);
    if (page) return page.mainFrame();
    if (mainPage.url() === url) return mainPage.mainFrame();
    return mainPage.frames().find((candidate) => candidate.url() === url);
  });
  if (!frame) throw new StepFailure("TARGET_NOT_FOUND");
  return frame;
}

import type { PersonRule } from "@deskhand/shared/schemas/recording-person";
import type { CustomStepOf, Step } from "@deskhand/shared/schemas/recording-steps";
import { mapStepTexts } from "@deskhand/shared/schemas/step-texts";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { pollUntil } from "./polling.ts";
import type { RunServices } from "./run-services.ts";
import type { LoopElement, RunState } from "./run-state.ts";
import { loopPart } from "./selector-engine.ts";
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
  state: RunState;
  services: RunServices;
  /** the document's rule for waiting for a person */
  person: PersonRule;
  /** of the step in the whole document */
  index: number;
  /** ends with the step's time, and with the run */
  signal: AbortSignal;
  /** Carries out another workflow in place of this step. */
  runWorkflow(step: CustomStepOf<"deskhand.workflow">): Promise<Record<string, unknown>>;
  warn(message: string): void;
  takeScreenshot(page: Page, name: string, fullPage: boolean): Promise<void>;
};

/** What the way out knows of a try to open an address that failed. */
export type KnownOfFailure = {
  /** It was refused, or the proxy failed. */
  refusal?: StepFailure | undefined;
  /** An error code of Node. */
  trouble?: string | undefined;
  /** The proxy has not connected yet. */
  late?: StepFailure | undefined;
  /** How long the proxy took to connect, milliseconds. */
  proxyMs?: number | undefined;
};

/** The way out of the browser, as far as steps have to know of it. */
export type NetworkWay = {
  /** Why this address is not opened, before anything is tried; undefined when it may be. */
  refuse(address: string): StepFailure | undefined;
  afterFailure(address: string): KnownOfFailure;
  /** The failure, or the refusal that it comes from. */
  explain(failure: StepFailure): StepFailure;
};

/** What the context was opened with; the rest of a device must be emulated page by page. */
export type DeviceTraits = {
  deviceScaleFactor: number;
  isMobile: boolean;
  hasTouch: boolean;
  /** Of a device that stays what it is: windows are no larger than it. */
  screen?: { width: number; height: number };
};

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

/** The step with `loop/NAME` in its selectors made into the element that the loop is at. */
export function placeSelectors(step: Step, elements: ReadonlyMap<string, LoopElement>): Step {
  if (elements.size === 0) return step;
  const place = (_: string, part: string) => {
    const element = part.startsWith("loop/") ? elements.get(part.slice("loop/".length)) : undefined;
    return element ? loopPart(element) : part;
  };
  const same = (_: string, text: string) => text;
  return mapStepTexts(step, { plain: same, expression: same, value: same, part: place, reference: () => {} });
}

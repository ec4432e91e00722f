import type { Recording } from "@deskhand/shared/schemas/recording";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { findBrowser } from "../browser/find-browser.ts";
import { launchBrowser } from "../browser/launch-browser.ts";
import { executeRecording, type RunOutcome } from "../workflow/execute-recording.ts";
import type { RunServices } from "../workflow/run-services.ts";
import { registerSelectorEngine } from "../workflow/selector-engine.ts";

export async function launchTestBrowser(): Promise<Browser> {
  const found = findBrowser();
  if (!found) throw new Error("The runner's tests need a Chromium; set DESKHAND_BROWSER.");
  await registerSelectorEngine();
  return launchBrowser(found.path);
}

/** Parses steps written as plain data, so that a test cannot use what a recording could not say. */
export function recordingOf(steps: unknown[], extra: Record<string, unknown> = {}): Recording {
  const parsed = parseRecordingData({ title: "Test", timeout: 30_000, ...extra, steps });
  if (!parsed.ok) throw new Error(parsed.issues.map((issue) => issue.message).join("\n"));
  return parsed.recording;
}

const opened: BrowserContext[] = [];

/** Closes what the last test left open. */
export async function closeTestRuns(): Promise<void> {
  await Promise.all(opened.splice(0).map((context) => context.close().catch(() => {})));
}

export type TestRun = {
  outcome: RunOutcome;
  code: RunFailureCode | undefined;
  steps: string[];
  /** how often each step was begun, by its number */
  turns: Record<number, number>;
  warnings: string[];
  page: Page;
  context: BrowserContext;
  /** what the page's #log says */
  log(): Promise<string[]>;
};

/** Runs steps in a context of their own, which stays open for looking at. */
export async function runSteps(
  browser: Browser,
  steps: unknown[],
  options: {
    inputs?: InputValues;
    extra?: Record<string, unknown>;
    signal?: AbortSignal;
    prepare?: (page: Page) => Promise<void>;
    onStep?: (index: number, page: Page) => void;
    services?: RunServices;
  } = {},
): Promise<TestRun> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  opened.push(context);
  const page = await context.newPage();
  await options.prepare?.(page);
  const finished: string[] = [];
  const warnings: string[] = [];
  const turns: Record<number, number> = {};
  const outcome = await executeRecording({
    context,
    page,
    recording: recordingOf(steps, options.extra),
    inputs: options.inputs ?? {},
    signal: options.signal ?? new AbortController().signal,
    device: { deviceScaleFactor: 1, isMobile: false, hasTouch: false },
    ...(options.services && { services: options.services }),
    observer: {
      stepStarted: (index) => options.onStep?.(index, page),
      stepFinished: (index, { status, code, turn }) => {
        finished.push(code ?? status);
        turns[index] = turn ?? 0;
      },
      warn: (_, message) => warnings.push(message),
      takeScreenshot: async () => {},
    },
  });
  const log = async () => ((await page.locator("#log").textContent()) ?? "").trim().split("\n").filter(Boolean);
  return { outcome, code: outcome.status === "succeeded" ? undefined : outcome.code, steps: finished, turns, warnings, page, context, log };
}

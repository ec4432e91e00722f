import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { createRecorder, type RecordedFacts, type Recorder } from "../recorder/create-recorder.ts";
import { closeTestRuns, launchTestBrowser, recordingOf, runSteps, type TestRun } from "./browser.ts";
import { type FixtureSite, startFixtureSite } from "./fixture-site.ts";

export type RecorderBed = {
  readonly site: FixtureSite;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly recorder: Recorder;
  readonly told: RecordedFacts[];
  /** Opens a page of the site, and records what is done there from then on. */
  begin(path: string): Promise<void>;
  /** What was recorded, when there is so much of it. */
  steps(count?: number): Promise<Step[]>;
  /** What the page says of what was done to it, when there is so much of it. */
  log(lines: number): Promise<string[]>;
  /** Carries out the opening of the page and what was recorded, in a window of its own. */
  again(): Promise<TestRun>;
};

/** A browser, the fixture site, and for each test a recorder of its own. */
export function openRecorderBed(): RecorderBed {
  let browser: Browser;
  let site: FixtureSite;
  let context: BrowserContext;
  let page: Page;
  let recorder: Recorder;
  let told: RecordedFacts[];
  let opened: string;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchTestBrowser(), startFixtureSite()]);
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 800, height: 600 } });
    page = await context.newPage();
    told = [];
    recorder = createRecorder(context, page, recordingOf([]), (facts) => told.push(facts));
  });
  afterEach(async () => {
    await recorder.end();
    await context.close();
    await closeTestRuns();
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });
  return {
    get site() {
      return site;
    },
    get browser() {
      return browser;
    },
    get context() {
      return context;
    },
    get page() {
      return page;
    },
    get recorder() {
      return recorder;
    },
    get told() {
      return told;
    },
    async begin(path) {
      opened = `${site.origin}/${path}`;
      await page.goto(opened);
      await recorder.begin();
    },
    steps: (count = 0) =>
      vi.waitFor(() => {
        const { steps } = recorder.document();
        expect(steps.length).toBeGreaterThanOrEqual(count);
        return steps;
      }),
    log: (lines) =>
      vi.waitFor(async () => {
        const said = ((await page.locator("#log").textContent()) ?? "").trim().split("\n").filter(Boolean);
        expect(said.length).toBeGreaterThanOrEqual(lines);
        return said;
      }),
    async again() {
      const run = await runSteps(browser, [{ type: "navigate", url: opened }, ...recorder.document().steps]);
      expect([run.outcome.status, run.code, run.warnings]).toEqual(["succeeded", undefined, []]);
      return run;
    },
  };
}

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { createRunner, PuppeteerRunnerExtension, parse as replayParse } from "@puppeteer/replay";
import type { Page } from "playwright-core";
import puppeteer, { type Browser as PuppeteerBrowser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findBrowser } from "../../desktop-runner/src/browser/find-browser.ts";
import { openRecorderBed } from "../../desktop-runner/src/testing/recorder-bed.ts";

/** What our recorder wrote down is carried out by our runner, by Google's library, and by its command line, with the same end. */

const bed = openRecorderBed();
const executablePath = findBrowser()?.path ?? "";
let theirs: PuppeteerBrowser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "deskhand-recorded-"));
  theirs = await puppeteer.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
});
afterAll(async () => {
  await theirs.close();
  await rm(folder, { recursive: true });
});

const second = () => {
  const page = bed.context.pages().at(-1);
  if (!page) throw new Error("no window");
  return page;
};

type Case = { page: string; lines: number; act(page: Page): Promise<void> };
const cases: Record<string, Case> = {
  "lists of which several are chosen": {
    page: "choices",
    lines: 1,
    async act(page) {
      await page.getByRole("option", { name: "Red" }).click();
      for (const name of ["Blue", "Yellow"]) await page.getByRole("option", { name }).click({ modifiers: ["ControlOrMeta"] });
      await page.locator("#send").click();
    },
  },
  "pages that can be written into": {
    page: "letter",
    lines: 1,
    async act(page) {
      await page.locator("#plain").click();
      await page.keyboard.type("About tea");
      await page.locator("#rich").click();
      await page.keyboard.type("Dear Ann,");
      await page.keyboard.press("Enter");
      await page.keyboard.type("come soon");
      await page.locator("#send").click();
    },
  },
  "sliders of the browser's own": {
    page: "slider",
    lines: 2,
    async act(page) {
      await page.locator("#speed").click({ position: { x: 120, y: 5 } });
      await page.locator("#press").click();
    },
  },
  "frames of other sites, and what is in shadow roots there": {
    page: "other-site",
    lines: 2,
    async act(page) {
      const deep = page.frameLocator("iframe");
      await deep.getByRole("button", { name: "In the shadow" }).click();
      const deepest = deep.frameLocator("iframe");
      await deepest.getByLabel("Note").click();
      await page.keyboard.type("words");
      await deepest.getByRole("button").click();
    },
  },
  "frames in shadow roots": {
    page: "shadow-frames",
    lines: 1,
    async act(page) {
      const inside = page.frameLocator("#host iframe");
      await inside.getByLabel("Note").click();
      await page.keyboard.type("words");
      await inside.getByRole("button").click();
    },
  },
  "windows that windows opened": {
    page: "first-window",
    lines: 1,
    async act(page) {
      for (const opener of [() => page, second]) {
        await Promise.all([bed.context.waitForEvent("page"), opener().getByRole("button").click()]);
        await second().waitForLoadState();
        await bed.recorder.settled();
      }
      await second().getByLabel("Word").click();
      await second().keyboard.type("hello");
      await second().getByRole("button").click();
    },
  },
  "a double click, the right button, and keys": {
    page: "pointer",
    lines: 6,
    async act(page) {
      await page.locator("#target").dblclick({ position: { x: 30, y: 20 } });
      await page.locator("#target").click({ button: "right" });
      await page.keyboard.press("Escape");
    },
  },
};

/** What is typed into a password stays a name in the document, so only that it is sent is told here. */
const signIn: Case = {
  page: "sign-in",
  lines: 0,
  async act(page) {
    await page.locator("#user").click();
    await page.keyboard.type("ann");
    await page.locator("#password").click();
    await page.keyboard.type("correct horse");
    await page.locator("#go").click();
    await page.waitForURL("**/account");
  },
};

/** The recording, as a person would export it. */
async function record(title: string, { page, lines, act }: Case): Promise<{ document: Recording; said: string[] }> {
  await bed.begin(page);
  await act(bed.page);
  const said = lines > 0 ? await bed.log(lines) : [];
  await bed.steps(1);
  await bed.recorder.settled();
  const recorded = bed.recorder.document();
  const open = { type: "navigate" as const, url: `${bed.site.origin}/${page}` };
  const viewport = { width: 800, height: 600, deviceScaleFactor: 1, isMobile: false, hasTouch: false, isLandscape: true };
  return { document: { ...recorded, title, steps: [{ type: "setViewport", ...viewport }, open, ...recorded.steps] }, said };
}

describe("what was recorded here", () => {
  test.each(Object.entries(cases))("%s: both runners come to the same end", async (title, one) => {
    const { document, said } = await record(title, one);
    const ours = await bed.again();
    await vi.waitFor(async () => expect(await ours.log()).toEqual(said));

    const context = await theirs.createBrowserContext();
    try {
      const page = await context.newPage();
      const flow = replayParse(JSON.parse(JSON.stringify(document)));
      const runner = await createRunner(flow, new PuppeteerRunnerExtension(theirs, page, { timeout: 30_000 }));
      expect(await runner.run()).toBe(true);
      const read = () => page.$eval("#log", (element) => (element.textContent ?? "").trim().split("\n"));
      await vi.waitFor(async () => expect(await read()).toEqual(said));
    } finally {
      await context.close();
    }
  });

  test.each(Object.entries({ "signing in": signIn, ...cases }).slice(0, 4))(
    "%s: the command line of @puppeteer/replay carries the file out",
    async (title, one) => {
      const { document } = await record(title, one);
      const file = path.join(folder, "recording.json");
      await writeFile(file, JSON.stringify(document, null, 2));
      const before = bed.site.requests.length;
      const cli = path.join(path.dirname(createRequire(import.meta.url).resolve("@puppeteer/replay")), "../cli.js");
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--import", path.join(import.meta.dirname, "puppeteer-here.mjs"), cli, file],
        { env: { ...process.env, PUPPETEER_EXECUTABLE_PATH: executablePath, PUPPETEER_HEADLESS: "shell" } },
      );
      expect(stdout).toMatch(/ Success /);
      expect(bed.site.requests.slice(before)).toContain(`${one === signIn ? "POST" : "GET"} /${one.page}`);
    },
  );
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRunner, JSONStringifyExtension, PuppeteerRunnerExtension, parse as replayParse, stringify } from "@puppeteer/replay";
import type { Browser } from "playwright-core";
import puppeteer, { type Browser as PuppeteerBrowser, type Page as PuppeteerPage } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { answerPractice } from "@/features/practice/site";
import { findBrowser } from "../../desktop-runner/src/browser/find-browser.ts";
import { closeTestRuns, launchTestBrowser, recordingOf, runSteps } from "../../desktop-runner/src/testing/browser.ts";

/** What Google's own runner does with a recording on the practice site, ours does too, and the other way round. */

let site: Server;
let origin: string;
let ours: Browser;
let theirs: PuppeteerBrowser;

beforeAll(async () => {
  site = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const executablePath = findBrowser()?.path ?? "";
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  [ours, theirs] = await Promise.all([launchTestBrowser(), puppeteer.launch({ executablePath, args })]);
});
afterEach(closeTestRuns);
afterAll(async () => {
  await Promise.all([ours.close(), theirs.close()]);
  site.closeAllConnections();
  site.close();
});

async function serve(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", origin);
  const body = request.method === "POST" ? { method: "POST", body: Buffer.concat(chunks) } : {};
  const asked = new Request(url, { headers: request.headers as Record<string, string>, ...body });
  const answer = await answerPractice(url.pathname.replace(/^\/practice\/?/, ""), asked);
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

const viewport = {
  type: "setViewport",
  width: 900,
  height: 700,
  deviceScaleFactor: 1,
  isMobile: false,
  hasTouch: false,
  isLandscape: true,
};
const open = (page: string) => ({
  type: "navigate",
  url: `${origin}/practice/${page}`,
  assertedEvents: [{ type: "navigation", url: `${origin}/practice/${page}` }],
});
const click = (...selectors: unknown[]) => ({ type: "click", target: "main", selectors, offsetX: 8, offsetY: 8 });
const change = (value: string, ...selectors: unknown[]) => ({ type: "change", target: "main", selectors, value });

/** As Chrome's Recorder writes them: with several selectors for each element. */
const recordings: [name: string, steps: () => Record<string, unknown>[], read: string][] = [
  [
    "signing in",
    () => [
      viewport,
      open("sign-in"),
      change("demo@practice.example", ["aria/E-mail"], ["[data-testid='email']"], ["xpath///*[@data-testid='email']"]),
      change("correct-horse", ["aria/Password"], ["[data-testid='password']"]),
      { ...click(["aria/Sign in", 'aria/[role="generic"]'], ["form > button"]), assertedEvents: [{ type: "navigation" }] },
      { type: "waitForElement", selectors: ["[data-testid='who']"], count: 1 },
    ],
    "main h1",
  ],
  [
    "a list, a note and keys",
    () => [
      viewport,
      open("controls"),
      change("green", ["#colour"]),
      change("a note", ["textarea"]),
      { type: "keyDown", key: "Tab" },
      { type: "keyUp", key: "Tab" },
      click(["text/Press me"], ["[data-action='count']"]),
      { type: "doubleClick", selectors: ["#twice"], offsetX: 5, offsetY: 5 },
    ],
    "#output",
  ],
  [
    "a table over two pages",
    () => [
      viewport,
      open("orders"),
      { type: "scroll", x: 0, y: 200 },
      { ...click(["aria/Next"], ["[rel='next']"]), assertedEvents: [{ type: "navigation" }] },
      { type: "waitForElement", selectors: ["#orders tbody tr"], operator: ">=", count: 5 },
      { type: "waitForExpression", expression: "location.search === '?page=2'" },
    ],
    "#orders tbody tr td",
  ],
  ["a shadow root", () => [viewport, open("frames"), click([["practice-card", "button"]].flat(), ["pierce/button"])], "#output"],
  ["frames", () => [viewport, open("frames"), { ...click(["#framed"]), frame: [0, 0] }], "main h1"],
];

async function byGoogle(steps: unknown[], read: string, title = "t") {
  const page: PuppeteerPage = await theirs.newPage();
  try {
    const flow = replayParse(JSON.parse(JSON.stringify({ title, timeout: 30_000, steps })));
    const runner = await createRunner(flow, new PuppeteerRunnerExtension(theirs, page, { timeout: 30_000 }));
    expect(await runner.run()).toBe(true);
    return { url: page.url(), text: await page.$eval(read, (element) => element.textContent) };
  } finally {
    await page.close();
  }
}

async function byUs(steps: unknown[], read: string) {
  const { outcome, page } = await runSteps(ours, steps);
  expect(outcome).toMatchObject({ status: "succeeded" });
  return { url: page.url(), text: await page.locator(read).first().textContent() };
}

describe("recordings of the practice site", () => {
  test.each(recordings)("%s: both runners come to the same page", async (_, stepsOf, read) => {
    const steps = stepsOf();
    const [here, there] = [await byUs(steps, read), await byGoogle(steps, read)];
    expect(here).toEqual(there);
    expect(here.text?.length).toBeGreaterThan(2);
  });

  test("what Google's parser writes of ours is carried out by ours again, and the other way round", async () => {
    const [, stepsOf, read] = recordings[2] ?? recordings[0] ?? ["", () => [], ""];
    const own = recordingOf([
      ...stepsOf(),
      {
        type: "customStep",
        name: "deskhand.loop",
        parameters: { over: { kind: "times", times: 2 }, steps: [{ type: "hover", selectors: ["#orders"] }] },
      },
    ]);
    const settled = { ...own, steps: own.steps.map((step) => ({ ...step, deskhand: { retries: 1, note: "Why" } })) };
    const text = await stringify(replayParse(JSON.parse(JSON.stringify(settled))), { extension: new JSONStringifyExtension() });
    const back = JSON.parse(text.replace(/^\/\/.*$/m, "")) as { steps: unknown[] };
    expect(recordingOf(back.steps).steps).toEqual(own.steps);
    // their runner passes over the blocks that only ours knows
    expect(await byGoogle(settled.steps, read)).toEqual(await byUs(back.steps, read));
  });
});

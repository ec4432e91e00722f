// What a person does on a page while it is recorded, beside the same without a recorder: opening the page, typing, pressing, scrolling, in
// turns on one warm browser. Measured from the opening of the page to when it has handled the last of what was done. Goal: at most 1.05.

import type { BrowserContext, Page } from "playwright-core";
import { findBrowser } from "../desktop-runner/src/browser/find-browser.ts";
import { createRecorder } from "../desktop-runner/src/recorder/create-recorder.ts";
import { registerSelectorEngine } from "../desktop-runner/src/workflow/selector-engine.ts";
import { launchBare } from "./floor.ts";
import { startFormSite } from "./form-site.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 30);
const PRESSES = 5;
const GOAL = 1.05;

const executablePath = findBrowser()?.path;
if (!executablePath) throw new Error("there is no browser to measure with");
const site = await startFormSite();
await registerSelectorEngine();
const browser = await launchBare(executablePath);

type Hand = { context: BrowserContext; page: Page; end(): Promise<void> };

async function open(records: boolean): Promise<Hand> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  const recorder = createRecorder(context, page, { title: "Bench", steps: [] }, () => {});
  if (records) await recorder.begin();
  return {
    context,
    page,
    end: async () => {
      if (records) await recorder.end();
      await context.close();
    },
  };
}

/** Milliseconds of one round, without what Playwright itself waits for. */
async function round({ page }: Hand): Promise<number> {
  const began = performance.now();
  await page.goto(site.url);
  const add = await page.locator("#add").boundingBox();
  const name = await page.locator("#name").boundingBox();
  if (!add || !name) throw new Error("the page is not there");
  for (let n = 0; n < PRESSES; n++) {
    await page.mouse.click(name.x + 5, name.y + 5);
    await page.keyboard.type(`Person ${n}`);
    await page.mouse.click(add.x + 5, add.y + 5);
  }
  await page.mouse.wheel(0, 200);
  await page.locator(`#done-${PRESSES}`).waitFor();
  return performance.now() - began;
}

const [off, on] = [await open(false), await open(true)];
await round(off);
await round(on);
const ratios: number[] = [];
const times: { on: number[]; off: number[] } = { on: [], off: [] };
for (let n = 0; n < ROUNDS; n++) {
  // each first as often as the other
  const firstOn = n % 2 === 0;
  const first = await round(firstOn ? on : off);
  const second = await round(firstOn ? off : on);
  const [with_, without] = firstOn ? [first, second] : [second, first];
  times.on.push(with_);
  times.off.push(without);
  ratios.push(with_ / without);
}
const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
console.log(
  JSON.stringify({
    bench: "recording-cost",
    rounds: ROUNDS,
    recordedMs: Math.round(middle(times.on)),
    bareMs: Math.round(middle(times.off)),
    ratio: Number(middle(ratios).toFixed(3)),
    goal: GOAL,
  }),
);
await off.end();
await on.end();
await browser.close();
await site.close();

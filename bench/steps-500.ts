// A run of 500 steps in the real worker, with its log, pictures, trace and saved state, beside the same acts as a bare Playwright script in
// one warm browser. Goal: at most 1.1 times as long, from the first step to the end of the last.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { findBrowser } from "../desktop-runner/src/browser/find-browser.ts";
import { orderRun, startTestWorker } from "../desktop-runner/src/testing/worker.ts";
import { launchBare } from "./floor.ts";
import { startFormSite } from "./form-site.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const GOAL = 1.1;
/** Of 500 steps one opens the page; the others come in threes. */
const THREES = Number(process.env.BENCH_THREES ?? 166);

const executablePath = findBrowser()?.path;
if (!executablePath) throw new Error("there is no browser to measure with");
const site = await startFormSite();
const folder = await mkdtemp(path.join(tmpdir(), "deskhand-bench-"));
const worker = startTestWorker({ DESKHAND_BROWSER: executablePath });
const browser = await launchBare(executablePath);

const steps = [
  { type: "navigate", url: site.url },
  { type: "waitForElement", selectors: ["#name"] },
  ...Array.from({ length: THREES }, (_, n) => [
    { type: "change", selectors: ["#name"], value: `Person ${n}` },
    { type: "click", selectors: ["#add"], offsetX: 5, offsetY: 5 },
    { type: "waitForElement", selectors: [`#done-${n + 1}`] },
  ]).flat(),
];

async function ours(): Promise<number> {
  const { runId, finished } = orderRun(worker, {
    folder,
    steps,
    profile: `profile-${Math.random()}`,
    limits: { artifactsMaxBytes: 1e9, runTimeoutMs: 600_000 },
  });
  const { status, message } = await finished;
  if (status !== "succeeded") throw new Error(`the run ${status}: ${message}`);
  const events = worker.events(runId);
  const first = events.find((event) => event.kind === "step-started");
  const last = events.findLast((event) => event.kind === "step-finished");
  if (first?.kind !== "step-started" || last?.kind !== "step-finished") throw new Error("the run told no steps");
  return last.at - first.at;
}

async function bare(): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  const began = Date.now();
  await page.goto(site.url);
  await page.locator("#name").waitFor();
  for (let n = 0; n < THREES; n++) {
    await page.locator("#name").fill(`Person ${n}`);
    await page.locator("#add").click({ position: { x: 5, y: 5 } });
    await page.locator(`#done-${n + 1}`).waitFor();
  }
  const took = Date.now() - began;
  await context.close();
  return took;
}

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

await ours();
await bare();
const [mine, floor]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  // in turns, so that what the machine does meanwhile falls on both
  floor.push(await bare());
  mine.push(await ours());
}
const ratio = middle(mine.map((took, round) => took / (floor[round] ?? took)));
console.log(
  JSON.stringify({
    bench: "steps-500",
    steps: steps.length,
    rounds: ROUNDS,
    ms: middle(mine),
    bareMs: middle(floor),
    ratio: Number(ratio.toFixed(3)),
    goal: GOAL,
  }),
);
await browser.close();
await worker.stop();
await site.close();
await rm(folder, { recursive: true, force: true });

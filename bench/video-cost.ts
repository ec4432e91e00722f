// What a video costs a run: the six steps of a sign-in, and a page that is always in motion, with a video and without, in turns on one warm
// worker. Told are the time that a run takes and the processor time of worker and browsers, as ratios; there is no goal, for a workflow has
// to ask for it.

import { readFileSync } from "node:fs";
import { startFixtureSite } from "../desktop-runner/src/testing/fixture-site.ts";
import { descendantsOf, orderRun, startTestWorker, testFolder } from "../desktop-runner/src/testing/worker.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
/** Linux's ticks of processor time a second. */
const TICKS = 100;

const site = await startFixtureSite();
const worker = startTestWorker();
const folder = await testFolder();
await worker.until((message) => message.type === "ready");

const open = (page: string) => ({ type: "navigate", url: `${site.origin}/${page}` });
const runs = {
  "sign-in": [
    open("sign-in"),
    { type: "change", selectors: ["aria/User name"], value: "ann" },
    { type: "change", selectors: ["aria/Password"], value: "horse" },
    { type: "click", selectors: ["#go"], offsetX: 2, offsetY: 2, assertedEvents: [{ type: "navigation" }] },
    { type: "waitForElement", selectors: ["h1"] },
    { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "heading", selectors: ["h1"] } },
  ],
  motion: [open("noise"), { type: "customStep", name: "deskhand.wait", parameters: { for: "time", ms: 2000 } }],
};

/** Of the worker and all that it started; those that ended meanwhile are not in it. Milliseconds. */
function processorMs(): number {
  const pid = worker.child.pid ?? 0;
  return [pid, ...descendantsOf(pid)].reduce((sum, each) => {
    try {
      const fields = readFileSync(`/proc/${each}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return sum + ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
    } catch {
      return sum;
    }
  }, 0);
}

async function once(steps: unknown[], video: string): Promise<{ wall: number; processor: number }> {
  const [began, before] = [performance.now(), processorMs()];
  const { finished } = orderRun(worker, { folder: folder.path, steps, extra: { video } });
  const { status } = await finished;
  if (status !== "succeeded") throw new Error(`a run ${status}`);
  return { wall: performance.now() - began, processor: processorMs() - before };
}

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

for (const [name, steps] of Object.entries(runs)) {
  const seen = { off: [] as { wall: number; processor: number }[], always: [] as { wall: number; processor: number }[] };
  for (const video of ["off", "always"]) await once(steps, video); // warm
  for (let round = 0; round < ROUNDS; round++) for (const video of ["off", "always"] as const) seen[video].push(await once(steps, video));
  const of = (video: "off" | "always", what: "wall" | "processor") => middle(seen[video].map((each) => each[what]));
  const ratio = (what: "wall" | "processor") => Number((of("always", what) / of("off", what)).toFixed(2));
  const facts = { runMs: Math.round(of("off", "wall")), processorMs: Math.round(of("off", "processor")) };
  console.log(
    JSON.stringify({
      bench: "video-cost",
      run: name,
      rounds: ROUNDS,
      ...facts,
      timeRatio: ratio("wall"),
      processorRatio: ratio("processor"),
    }),
  );
}
await worker.stop();
await site.close();
await folder.remove();

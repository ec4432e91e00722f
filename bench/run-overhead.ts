// Runs a minute of the practice sign-in through the whole product, beside the same steps as a bare Playwright script with a context
// each in one warm browser, at 1, 2 and 4 at once. Goal: at least 0.9 of the bare script.

import { makeProductFolder } from "../e2e/start-product.ts";
import { findBrowser } from "../scripts/start/browser.ts";
import { bareRunsPerMinute, launchBare } from "./floor.ts";
import { call, type Product, startProduct, untilAllEnded } from "./product.ts";
import { signInRecording } from "./sign-in-recording.ts";

const RUNS = 100;
const GOAL = 0.9;

const folder = await makeProductFolder();
const executablePath = await findBrowser(process.env.DESKHAND_BROWSER, folder.dir);
if (!executablePath) throw new Error("there is no browser to measure with");

async function deployAll(product: Product, workflowId: string, profileIds: string[]): Promise<number> {
  await call(product, "POST", "/deployments", { workflowId, runnerId: product.firstRun.runnerId, profileIds, inputs: {} });
  const runs = await untilAllEnded(product, profileIds.length);
  const first = Math.min(...runs.map((run) => Date.parse(run.startedAt ?? "")));
  const last = Math.max(...runs.map((run) => Date.parse(run.finishedAt ?? "")));
  return last - first;
}

for (const atOnce of [1, 2, 4]) {
  const product = await startProduct(folder.dir, { DESKHAND_CONCURRENCY: String(atOnce), DESKHAND_BROWSER: executablePath });
  try {
    const { id: workflowId } = await call<{ id: string }>(product, "POST", "/workflows", {
      name: `Bench ${atOnce}`,
      recording: signInRecording(product.url),
    });
    const profileIds: string[] = [];
    for (let i = 0; i < RUNS; i++) {
      const profile = await call<{ id: string }>(product, "POST", "/profiles", {
        name: `bench-${atOnce}-${i}`,
        runnerId: product.firstRun.runnerId,
      });
      profileIds.push(profile.id);
    }
    await deployAll(product, workflowId, profileIds.slice(0, 4)); // warm: worker, browser, code
    const browser = await launchBare(executablePath);
    await bareRunsPerMinute(browser, product.url, 4, atOnce);
    // floor, ours, floor: what the machine does meanwhile falls on both
    const before = await bareRunsPerMinute(browser, product.url, RUNS / 2, atOnce);
    const fresh = profileIds.slice(4);
    const ours = (fresh.length / (await deployAll(product, workflowId, fresh))) * 60_000;
    const after = await bareRunsPerMinute(browser, product.url, RUNS / 2, atOnce);
    await browser.close();
    const floor = 2 / (1 / before + 1 / after);
    console.log(
      JSON.stringify({
        bench: "run-overhead",
        atOnce,
        runs: fresh.length,
        runsPerMinute: Math.round(ours),
        bareRunsPerMinute: Math.round(floor),
        ratio: Number((ours / floor).toFixed(3)),
        goal: GOAL,
      }),
    );
  } finally {
    await product.stop();
  }
}
await folder.remove();

// 1,000 profiles through the practice sign-in by one deploy to one runner, which decides itself how many go at once: profiles a minute and
// the most memory, beside bare Playwright that does the same in contexts of their own, opened ahead, and saves each one's state.
// Goals: at least as fast, at most 2 GB for runner, worker and browsers together. `--quick` takes 100, `--profiles N` that many.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { makeProductFolder } from "../e2e/start-product.ts";
import { findBrowser } from "../scripts/start/browser.ts";
import { launchBare } from "./floor.ts";
import { call, type Product, startProduct } from "./product.ts";
import { bareProfilesPerMinute } from "./profiles/bare.ts";
import { watchMemory } from "./profiles/memory.ts";
import { signInRecording } from "./sign-in-recording.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean" }, profiles: { type: "string" } } });
const PROFILES = Number(values.profiles ?? (values.quick ? 100 : 1_000));
const GOAL_RATIO = 1;
const GOAL_MB = 2_048;
/** The floor is measured on so many, before and after: what the machine does meanwhile falls on both. */
const FLOOR_PROFILES = Math.max(40, Math.min(200, Math.round(PROFILES / 5)));

type Run = { state: string; failureCode: string | null; startedAt: string | null; finishedAt: string | null };

async function deployAll(product: Product, workflowId: string, profileIds: string[]): Promise<Run[]> {
  const { runnerId } = product.firstRun;
  const { id } = await call<{ id: string }>(product, "POST", "/deployments", { workflowId, runnerId, profileIds, inputs: {} });
  for (;;) {
    const { items } = await call<{ items: Run[] }>(product, "GET", "/runs?state=active&limit=1");
    if (items.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  const runs: Run[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: (Run & { deploymentId?: string })[]; nextCursor: string | null } = await call(
      product,
      "GET",
      `/runs?limit=100&deploymentId=${id}${cursor && `&cursor=${cursor}`}`,
    );
    runs.push(...page.items);
    cursor = page.nextCursor;
  }
  const mine = runs.slice(0, profileIds.length);
  const failed = mine.filter(({ state }) => state !== "succeeded");
  if (failed.length > 0) throw new Error(`${failed.length} runs did not succeed, the first with ${failed[0]?.failureCode}`);
  return mine;
}

const folder = await makeProductFolder();
const states = await mkdtemp(path.join(os.tmpdir(), "deskhand-bench-states-"));
const executablePath = await findBrowser(process.env.DESKHAND_BROWSER, folder.dir);
if (!executablePath) throw new Error("there is no browser to measure with");
const product = await startProduct(folder.dir, { DESKHAND_BROWSER: executablePath });
try {
  const { id: workflowId } = await call<{ id: string }>(product, "POST", "/workflows", {
    name: "Bench",
    recording: signInRecording(product.url),
  });
  const profileIds: string[] = [];
  for (let i = 0; i < PROFILES + 8; i++) {
    const wish = { name: `bench-${i}`, runnerId: product.firstRun.runnerId };
    profileIds.push((await call<{ id: string }>(product, "POST", "/profiles", wish)).id);
  }
  await deployAll(product, workflowId, profileIds.slice(0, 8)); // warm: worker, browser, code
  const atOnce = os.availableParallelism();
  const bare = async (count: number) => {
    const browser = await launchBare(executablePath);
    const rate = await bareProfilesPerMinute(browser, { url: product.url, count, atOnce, folder: states });
    await browser.close();
    return rate;
  };
  await bare(8);
  const before = await bare(FLOOR_PROFILES);
  // looking costs processor time itself: a twentieth of the whole when it was once a second
  const memoryAtMost = watchMemory(product.pid, 4_000, (commandLine) => /desktop-runner|runner\.mjs|deskhand\.mjs/.test(commandLine));
  const runs = await deployAll(product, workflowId, profileIds.slice(8));
  const memory = memoryAtMost();
  const after = await bare(FLOOR_PROFILES);
  const first = Math.min(...runs.map((run) => Date.parse(run.startedAt ?? "")));
  const last = Math.max(...runs.map((run) => Date.parse(run.finishedAt ?? "")));
  const ours = (runs.length / (last - first)) * 60_000;
  const floor = 2 / (1 / before + 1 / after);
  console.log(
    JSON.stringify({
      bench: "profiles-batch",
      profiles: runs.length,
      profilesPerMinute: Math.round(ours),
      bareProfilesPerMinute: Math.round(floor),
      ratio: Number((ours / floor).toFixed(3)),
      goal: GOAL_RATIO,
      runnerPeakMb: memory.part,
      goalMb: GOAL_MB,
      productPeakMb: memory.tree,
    }),
  );
} finally {
  await product.stop();
  await folder.remove();
  await rm(states, { recursive: true, force: true });
}

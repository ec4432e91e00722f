import type { Recording } from "@deskhand/shared/schemas/recording";
import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { expect } from "@playwright/test";
import { type Demo, own } from "../demo.ts";
import { allowTestSites } from "../deskhand.ts";
import { test as base } from "../fixtures.ts";
import { type Product, readProduct } from "../product.ts";
import { recording, steps } from "../recordings.ts";
import { makeProductFolder, type StartedProduct, startProduct } from "../start-product.ts";
import { CountingSite } from "./counting-site.ts";
import { leftOf, processesOf, signalAll } from "./processes.ts";

/** A product that a test may break. */
export type OwnProduct = {
  /** What is in the environment or the command of all its processes. */
  dir: string;
  /** The start that runs now. */
  started: StartedProduct;
  /** Starts it again on the same folder and port, after it was killed. */
  startAgain(): Promise<void>;
};

// limits that the tests themselves would reach; an address of its own for a test that uses up a limit
const env = { RATE_LIMIT_API_PER_HOUR: "1000000", TRUSTED_PROXIES: "1" };
const patience = 120_000;

/** Tests on a product of their own: each worker has one, and runs one test at a time. `product` and `demo` are that one's. */
export const test = base.extend<{ site: CountingSite }, { ownProduct: OwnProduct; product: Product }>({
  ownProduct: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const { dir, remove } = await makeProductFolder();
      const ownProduct: OwnProduct = {
        dir,
        started: await startProduct({ dir, env }),
        startAgain: async () => {
          ownProduct.started = await startProduct({ dir, env, port: ownProduct.started.port });
        },
      };
      await allowTestSites(ownProduct.started.home);
      await use(ownProduct);
      const all = processesOf(dir);
      await ownProduct.started.stop();
      try {
        await expect.poll(() => leftOf(all), { message: "what is left of the product after it was stopped" }).toEqual([]);
      } finally {
        signalAll(
          leftOf(all).map(({ pid }) => pid),
          "SIGKILL",
        );
        await remove();
      }
    },
    { scope: "worker", timeout: patience },
  ],
  product: [async ({ ownProduct }, use) => use(readProduct(ownProduct.started)), { scope: "worker" }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  site: async ({}, use) => {
    const site = new CountingSite();
    await site.listen();
    await use(site);
    await site.close();
  },
});

/** Opens a page, then one that the test releases (within half a minute), then a last one. */
export function midway(site: CountingSite): Recording {
  return recording(
    own("Midway"),
    steps.open(site.url("/page/first")),
    { ...steps.open(site.url("/held/second")), timeout: 30_000 },
    steps.open(site.url("/page/third")),
    steps.see("h1"),
  );
}

/** Opens one page. */
export function short(site: CountingSite): Recording {
  return recording(own("Short"), steps.open(site.url("/page/short")), steps.see("h1"));
}

/** Waits until the run of `midway` waits for its second page, and the server knows that its first step is done. */
export async function underWay(demo: Demo, site: CountingSite, runId: string): Promise<void> {
  await expect.poll(() => site.visits("/held/second")).toBe(1);
  const stepStates = async () => (await demo.call<RunDetail>("GET", `/runs/${runId}`)).steps.map(({ state }) => state);
  await expect.poll(stepStates).toEqual(["succeeded", "running", "pending", "pending"]);
}

/** The run when it is over, however often the server cannot be reached before. */
export async function ended(demo: Demo, runId: string): Promise<RunDetail> {
  const ask = () => demo.call<RunDetail>("GET", `/runs/${runId}`);
  const isOver = () =>
    ask().then(
      ({ state }) => isFinal(state),
      () => false,
    );
  await expect.poll(isOver, { timeout: 60_000 }).toBe(true);
  return ask();
}

/** Everything that a run of `midway` tells was told, once, and what it leaves behind can be read. */
export async function expectWhole(demo: Demo, site: CountingSite, run: RunDetail): Promise<void> {
  expect(run).toMatchObject({ state: "succeeded", failureCode: null, failureStep: null });
  expect(["/page/first", "/held/second", "/page/third"].map((path) => site.visits(path))).toEqual([1, 1, 1]);
  for (const step of run.steps) expect(step).toMatchObject({ state: "succeeded", durationMs: expect.any(Number) });
  const pictures = run.artifacts.filter(({ type }) => type === "screenshot").map(({ stepIndex }) => stepIndex);
  expect(pictures.toSorted()).toEqual([0, 1, 2, 3]);
  expect(run.artifacts.map(({ type }) => type)).toContain("trace");
  const { lines } = await demo.call<{ lines: { seq: number }[] }>("GET", `/runs/${run.id}/log`);
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
}

export { expect } from "@playwright/test";

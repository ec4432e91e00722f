import { readFileSync } from "node:fs";
import path from "node:path";
import type { RunView } from "@deskhand/shared/schemas/run";
import { ended, expect, midway, short, test, underWay } from "./fixtures.ts";
import { leftOf, processesOf } from "./processes.ts";
import { runnerView } from "./second-runner.ts";

test.describe.configure({ mode: "default", timeout: 120_000 });
test.skip(process.platform !== "linux", "looks for processes in /proc");

test("the start script is killed in mid-run: nothing is left behind, and a new start has all data", async ({
  demo,
  site,
  product,
  ownProduct,
}) => {
  const earlierId = await demo.start(short(site));
  expect(await ended(demo, earlierId)).toMatchObject({ state: "succeeded" });
  const runId = await demo.start(midway(site));
  await underWay(demo, site, runId);
  const firstRun = readFileSync(path.join(product.dataDir, "first-run.json"), "utf8");
  const all = processesOf(ownProduct.dir);
  expect(new Set(all.map(({ part }) => part))).toEqual(new Set(["start", "watchdog", "database", "server", "runner", "worker", "browser"]));
  process.kill(ownProduct.started.pid, "SIGKILL");
  await expect.poll(() => [...leftOf(all), ...processesOf(ownProduct.dir)]).toEqual([]);

  await ownProduct.startAgain();
  expect(readFileSync(path.join(product.dataDir, "first-run.json"), "utf8")).toBe(firstRun);
  expect(await ended(demo, runId)).toMatchObject({ state: "failed", failureCode: "RUNNER_RESTARTED", failureStep: 1 });
  site.release("/held/second");
  expect(["/page/first", "/held/second", "/page/third", "/page/short"].map((path) => site.visits(path))).toEqual([1, 1, 0, 1]);
  const { items } = await demo.call<{ items: RunView[] }>("GET", "/runs");
  expect(items.find(({ id }) => id === earlierId)).toMatchObject({ state: "succeeded" });
  expect(await runnerView(demo, product.firstRun.runnerId)).toMatchObject({ status: "accepted", online: true });
  const again = await demo.deploy(product.firstRun.workflowId, product.firstRun.profileId);
  expect(await ended(demo, again)).toMatchObject({ state: "succeeded" });
});

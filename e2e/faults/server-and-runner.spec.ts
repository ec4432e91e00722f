import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import { ended, expect, expectWhole, midway, short, test, underWay } from "./fixtures.ts";
import { leftOf, pidsOf, processesOf, signalAll } from "./processes.ts";

test.describe.configure({ mode: "default", timeout: 120_000 });
test.skip(process.platform !== "linux", "looks for processes in /proc");

test("the server is killed in mid-run: it is started again, and the run ends once", async ({
  demo,
  site,
  ownProduct: { dir, started },
}) => {
  const runId = await demo.start(midway(site));
  await underWay(demo, site, runId);
  const before = pidsOf(dir, "server");
  signalAll(before, "SIGKILL");
  await expect.poll(() => started.said.at(-1)).toContain("The server ended (SIGKILL). Starting it again");
  site.release("/held/second");
  await expect.poll(() => site.visits("/page/third")).toBe(1); // the runner goes on alone
  await expectWhole(demo, site, await ended(demo, runId));
  expect(pidsOf(dir, "server")).not.toEqual(before);
});

test("the runner is killed in mid-run: the run fails with the reason, nothing of it is left, and the profile goes on", async ({
  demo,
  site,
  ownProduct: { dir },
}) => {
  const [workflow, next, profile] = await Promise.all([
    demo.createWorkflow(midway(site)),
    demo.createWorkflow(short(site)),
    demo.createProfile(),
  ]);
  const runId = await demo.deploy(workflow.id, profile.id);
  await underWay(demo, site, runId);
  const old = processesOf(dir).filter(({ part }) => ["runner", "worker", "browser"].includes(part));
  expect(new Set(old.map(({ part }) => part)).size).toBe(3);
  signalAll(pidsOf(dir, "runner"), "SIGKILL");
  const nextId = await demo.deploy(next.id, profile.id); // waits for the runner

  const run = await ended(demo, runId);
  expect(run).toMatchObject({ state: "failed", failureCode: "RUNNER_RESTARTED", failureStep: 1 });
  expect(run.steps.map(({ state }) => state)).toEqual(["succeeded", "failed", "pending", "pending"]);
  expect(describeRunFailure("RUNNER_RESTARTED").title).toBe("The runner was restarted during the run.");
  expect(await ended(demo, nextId)).toMatchObject({ state: "succeeded" });
  await expect.poll(() => leftOf(old)).toEqual([]);
  site.release("/held/second");
  expect(["/page/first", "/held/second", "/page/third", "/page/short"].map((path) => site.visits(path))).toEqual([1, 1, 0, 1]);
});

test("the browser is killed in mid-step: the run fails with the reason, and the next one has a new browser", async ({
  demo,
  site,
  ownProduct: { dir },
}) => {
  const runId = await demo.start(midway(site));
  await underWay(demo, site, runId);
  const old = pidsOf(dir, "browser");
  signalAll(old, "SIGKILL");
  const run = await ended(demo, runId);
  expect(run).toMatchObject({ state: "failed", failureCode: "BROWSER_CRASHED", failureStep: 1 });
  expect(describeRunFailure("BROWSER_CRASHED").whatToDo).toContain("Run it again.");
  const { lines } = await demo.call<{ lines: { message: string }[] }>("GET", `/runs/${runId}/log`);
  expect(lines.map(({ message }) => message).join("\n")).toContain("The browser stopped unexpectedly.");

  const nextId = await demo.start(short(site));
  expect(await ended(demo, nextId)).toMatchObject({ state: "succeeded" });
  expect(pidsOf(dir, "browser").filter((pid) => old.includes(pid))).toEqual([]);
  expect(site.visits("/held/second")).toBe(1);
});

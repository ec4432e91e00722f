import { cp } from "node:fs/promises";
import path from "node:path";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { own } from "../demo.ts";
import { ended, expect, short, test } from "./fixtures.ts";
import { online, pairAnother, type RunnerProcess, runnerView, startAnother } from "./second-runner.ts";

test.describe.configure({ mode: "default", timeout: 120_000 });
test.skip(process.platform !== "linux", "looks for processes in /proc");

const started: RunnerProcess[] = [];
test.afterEach(async () => {
  for (const runner of started.splice(0)) await runner.stop();
});
function start(home: string): RunnerProcess {
  const runner = startAnother(home);
  started.push(runner);
  return runner;
}

test("a copy of a runner's folder that is started elsewhere locks both, says why on both sides, and pairing again mends it", async ({
  demo,
  site,
  product,
  ownProduct: { dir },
}) => {
  const home = path.join(dir, "copied");
  const runnerId = await pairAnother(demo, product, home);
  const original = start(home);
  await online(demo, runnerId);
  const profile = await demo.call<ProfileView>("POST", "/profiles", { runnerId, name: own("Profile") });

  await cp(home, `${home}-elsewhere`, { recursive: true });
  const copy = start(`${home}-elsewhere`);
  for (const runner of [original, copy]) {
    expect(await runner.ended).toMatchObject({
      exitCode: 3,
      last: {
        type: "error",
        code: "RUNNER_LOCKED",
        message: "Two copies of this runner's folder were seen, so it was locked.",
        whatToDo: "Remove the copy, then pair the runner again with a new code.",
      },
    });
  }
  expect(await runnerView(demo, runnerId)).toMatchObject({
    status: "locked",
    statusReason: expect.stringContaining("The runner's folder was seen in two places."),
    online: false,
  });
  expect(await start(home).ended).toMatchObject({ exitCode: 3, last: { code: "RUNNER_LOCKED" } });

  // with its own keys it is the runner that it was, with its profiles
  expect(await pairAnother(demo, product, home)).toBe(runnerId);
  start(home);
  await online(demo, runnerId);
  const workflow = await demo.createWorkflow(short(site));
  const { runIds } = await demo.call<{ runIds: string[] }>("POST", "/deployments", {
    workflowId: workflow.id,
    runnerId,
    profileIds: [profile.id],
  });
  expect(await ended(demo, runIds[0] as string)).toMatchObject({ state: "succeeded" });
  // the copy was left behind, and locks it once more rather than be taken for it
  expect(await start(`${home}-elsewhere`).ended).toMatchObject({ exitCode: 3, last: { code: "RUNNER_LOCKED" } });
  await expect.poll(async () => (await runnerView(demo, runnerId)).status).toBe("locked");

  // with new keys it is a new runner, and no copy can be taken for it
  const freshId = await pairAnother(demo, product, home, "--force");
  expect(freshId).not.toBe(runnerId);
  start(home);
  await online(demo, freshId);
});

test("a runner whose key is revoked ends at once and says what to do", async ({ demo, product, ownProduct: { dir } }) => {
  const home = path.join(dir, "revoked");
  const runnerId = await pairAnother(demo, product, home);
  const runner = start(home);
  await online(demo, runnerId);
  await demo.call("POST", `/runners/${runnerId}/revoke`, {});
  expect(await runner.ended).toMatchObject({
    exitCode: 3,
    last: {
      type: "error",
      code: "RUNNER_REVOKED",
      message: "This runner's access was revoked.",
      whatToDo: "If it should work again, pair it with a new code.",
    },
  });
  expect(await runnerView(demo, runnerId)).toMatchObject({ status: "revoked", online: false });
  expect(await start(home).ended).toMatchObject({ exitCode: 3, last: { code: "RUNNER_REVOKED" } });
});

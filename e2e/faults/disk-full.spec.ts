import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import { type Demo, own } from "../demo.ts";
import { recording, steps } from "../recordings.ts";
import type { CountingSite } from "./counting-site.ts";
import { ended, expect, short, test } from "./fixtures.ts";
import { online, pairAnother, startAnother } from "./second-runner.ts";

test.describe.configure({ mode: "default", timeout: 120_000 });
test.skip(process.platform !== "linux", "its product is looked after by way of /proc");

/** A second runner with one profile, and what deploys to it. */
async function scene(demo: Demo, runnerId: string) {
  const profile = await demo.call<ProfileView>("POST", "/profiles", { runnerId, name: own("Profile") });
  const start = async (what: Recording) => {
    const workflow = await demo.createWorkflow(what);
    const deployment = { workflowId: workflow.id, runnerId, profileIds: [profile.id] };
    return (await demo.call<{ runIds: string[] }>("POST", "/deployments", deployment)).runIds[0] as string;
  };
  return { profileId: profile.id, start, done: async (what: Recording) => ended(demo, await start(what)) };
}

/** Succeeds only in a profile that was on `/page/<name>`. */
const recall = (site: CountingSite, name: string) =>
  recording(own("Recall"), steps.open(site.url("/cookies")), steps.expectText("h1", `seen=${name}`));

/** Waits for its second page, then takes pictures. */
const pictures = (site: CountingSite, count: number) =>
  recording(
    own("Pictures"),
    { ...steps.open(site.url("/held/disk")), timeout: 30_000 },
    ...Array.from({ length: count }, () => steps.open(site.url("/page/after"))),
  );

function expectDiskFull(run: RunDetail): void {
  expect(run).toMatchObject({ state: "failed", failureCode: "RUNNER_DISK_FULL" });
  expect(describeRunFailure("RUNNER_DISK_FULL").whatToDo).toContain("The profile's last saved state is kept.");
}

test("the disk fills up in mid-run: the run fails with the reason, the profile keeps its last state, and with room all goes on", async ({
  demo,
  site,
  product,
  ownProduct: { dir },
}) => {
  test.skip(process.getuid?.() !== 0, "only root can mount a small disk");
  const home = path.join(dir, "small-disk");
  mkdirSync(home);
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", home]).status).toBe(0);
  let runner: ReturnType<typeof startAnother> | undefined;
  try {
    const runnerId = await pairAnother(demo, product, home);
    runner = startAnother(home);
    await online(demo, runnerId);
    const { start, done, profileId } = await scene(demo, runnerId);
    expect(await done(short(site))).toMatchObject({ state: "succeeded" });
    const state = readFileSync(path.join(home, "profiles", profileId, "state.json"), "utf8");
    expect(state).toContain("short");

    const runId = await start(pictures(site, 20));
    await expect.poll(() => site.visits("/held/disk")).toBe(1);
    const filler = path.join(home, "filler");
    fill(filler);
    site.release("/held/disk");
    expectDiskFull(await ended(demo, runId));
    expect(readFileSync(path.join(home, "profiles", profileId, "state.json"), "utf8")).toBe(state);

    rmSync(filler);
    expect(await done(recall(site, "short"))).toMatchObject({ state: "succeeded" });
  } finally {
    await runner?.stop();
    spawnSync("umount", [home]);
  }
});

/** Takes all room of the disk that the file is on. */
function fill(file: string): void {
  const handle = openSync(file, "w");
  const page = Buffer.alloc(4096);
  try {
    for (;;) writeSync(handle, page);
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  } finally {
    closeSync(handle);
  }
}

test("a run that leaves more than the runner's quota fails with the reason, and the next one succeeds", async ({
  demo,
  site,
  product,
  ownProduct: { dir },
}) => {
  const home = path.join(dir, "small-quota");
  const runnerId = await pairAnother(demo, product, home);
  const runner = startAnother(home, { DESKHAND_ARTIFACTS_MAX_MB: "1" });
  try {
    await online(demo, runnerId);
    const { done } = await scene(demo, runnerId);
    expect(await done(short(site))).toMatchObject({ state: "succeeded" });
    expectDiskFull(await done(recording(own("Heavy"), steps.open(site.url("/heavy")))));
    expect(await done(recall(site, "short"))).toMatchObject({ state: "succeeded" });
  } finally {
    await runner.stop();
  }
});

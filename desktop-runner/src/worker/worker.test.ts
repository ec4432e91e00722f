import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { refusedOrigin } from "../testing/fixture-site.ts";
import { descendantsOf, isRunning, orderRun, shown, startTestWorker } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";
import { readZip } from "./mask-trace.ts";
import type { WorkerMessage } from "./messages.ts";

const bed = openWorkerBed();

const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const change = (selector: string, value: string) => ({ type: "change", selectors: [selector], value });
const read = (selector: string, key = "text") => ({
  type: "customStep",
  name: "deskhand.extract",
  parameters: { kind: "text", key, selectors: [selector] },
});
const stuck = { ...click("#never"), timeout: 30_000 };
const signIn = () => [
  open("sign-in"),
  change("aria/User name", "{{inputs.user}}"),
  change("aria/Password", "{{inputs.password}}"),
  { ...click("#go"), assertedEvents: [{ type: "navigation" }] },
  read("h1", "heading"),
];
const secrets = {
  inputs: { user: "ann", password: "correct horse" },
  extra: {
    inputs: { properties: { user: { type: "string" }, password: { type: "string", writeOnly: true } }, required: ["user", "password"] },
  },
};

describe("a run", () => {
  it("tells its steps, keeps its artifacts and returns its data", async () => {
    const steps = [...signIn(), { type: "customStep", name: "deskhand.screenshot", parameters: { name: "../end", fullPage: true } }];
    const { runId, artifactsDir, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps, ...secrets });
    expect(await finished).toEqual({ kind: "finished", status: "succeeded", data: { heading: "Welcome" } });
    const events = bed.worker.events(runId);
    expect(events[0]).toEqual({ kind: "started" });
    expect(events.at(-1)?.kind).toBe("finished");
    const order = events.filter((event) => event.kind === "step-started" || event.kind === "step-finished").map((event) => event.index);
    expect(order).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    const artifacts = events.filter((event) => event.kind === "artifact");
    expect(artifacts.map(({ type }) => type)).toEqual(expect.arrayContaining(["screenshot", "trace", "result", "log"]));
    expect(new Set(artifacts.filter(({ type }) => type === "screenshot").map(({ step }) => step))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    for (const { file, bytes } of artifacts) {
      expect(path.basename(file)).toBe(file);
      const found = await stat(path.join(artifactsDir, file));
      expect([found.size, found.mode & 0o777]).toEqual([bytes, 0o600]);
    }
    expect(await readFile(path.join(artifactsDir, "result.json"), "utf8")).toContain("Welcome");
  });

  it("never writes a secret input into events, logs or the trace", async () => {
    const { runId, artifactsDir, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps: signIn(), ...secrets });
    expect(await finished).toMatchObject({ status: "succeeded" });
    const spelled = /correct[ +]horse|correct%20horse/;
    expect(JSON.stringify(bed.worker.events(runId))).not.toMatch(spelled);
    expect(await readFile(path.join(artifactsDir, "run.log"), "utf8")).not.toMatch(spelled);
    const entries = readZip(await readFile(path.join(artifactsDir, "trace.zip")));
    expect(entries.map(({ name }) => name.toString())).toContain("trace.trace");
    for (const { data } of entries) expect(data.toString("latin1")).not.toMatch(spelled);
    expect(entries.some(({ data }) => data.includes("sign-in"))).toBe(true);
  });

  it("keeps a profile's state between runs and apart from other profiles", async () => {
    const keep = [open("state"), click("#keep"), shown("saved")];
    const look = [open("state"), shown("found"), read("#log")];
    const run = async (steps: unknown[], profile: string) => orderRun(bed.worker, { folder: bed.folder.path, steps, profile }).finished;
    expect(await run(keep, "one")).toMatchObject({ status: "succeeded" });
    expect(await run(look, "one")).toMatchObject({ data: { text: "found local kept=cookie indexed" } });
    expect(await run(look, "two")).toMatchObject({ data: { text: "found" } });
    expect((await stat(path.join(bed.folder.path, "profiles/one/state.json"))).mode & 0o777).toBe(0o600);
  });

  it("keeps cookies and localStorage of an origin that a run does not visit", async () => {
    const visit = [...signIn(), read("#visits", "visits")];
    const run = (steps: unknown[]) => orderRun(bed.worker, { folder: bed.folder.path, steps, ...secrets }).finished;
    expect(await run(visit)).toMatchObject({ data: { visits: "1" } });
    expect(await run([{ type: "navigate", url: "about:blank" }])).toMatchObject({ status: "succeeded" });
    expect(await run([open("account"), read("#visits", "visits"), open("account"), read("#visits", "again")])).toMatchObject({
      data: { visits: "2", again: "3" },
    });
  });

  it("lets only one run at a time use a profile", async () => {
    const first = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("index"), stuck] });
    await bed.worker.untilEvent(first.runId, "step-started");
    const next = (limits = {}) => orderRun(bed.worker, { folder: bed.folder.path, steps: [open("index")], limits });
    expect(await next({ profileWaitMs: 0 }).finished).toMatchObject({ code: "PROFILE_BUSY" });
    const [waiting, unwanted] = [next(), next()];
    await Promise.all([waiting, unwanted].map(({ runId }) => bed.worker.untilEvent(runId, "log")));
    bed.worker.send({ type: "cancel", runId: unwanted.runId });
    expect(await unwanted.finished).toMatchObject({ status: "cancelled", code: "CANCELLED" });
    bed.worker.send({ type: "cancel", runId: first.runId });
    expect(await first.finished).toMatchObject({ status: "cancelled", code: "CANCELLED" });
    expect(await waiting.finished).toMatchObject({ status: "succeeded" });
    expect(await orderRun(bed.worker, { folder: bed.folder.path, steps: [open("index")] }).finished).toMatchObject({ status: "succeeded" });
  });
});

describe("what pages do on their own", () => {
  it("accepts every kind of dialog and logs its kind but not its words", async () => {
    const steps = [
      open("dialogs"),
      click("#alert"),
      click("#confirm"),
      click("#prompt"),
      click("#guard"),
      read("#log"),
      open("two"),
      read("h1", "after"),
    ];
    const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps });
    expect(await finished).toMatchObject({
      status: "succeeded",
      data: { text: "alerted\nconfirm true\nprompt default\nguarded", after: "Two" },
    });
    const lines = bed.worker.events(runId).flatMap((event) => (event.kind === "log" ? [event.message] : []));
    for (const kind of ["alert", "confirm", "prompt", "beforeunload"]) expect(lines.join("\n")).toContain(`(${kind})`);
    expect(lines.join("\n")).not.toContain("secret words");
  });

  it("keeps a download under a safe name", async () => {
    const { runId, artifactsDir, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("download"), click("#small")] });
    expect(await finished).toMatchObject({ status: "succeeded" });
    const download = bed.worker.events(runId).find((event) => event.kind === "artifact" && event.type === "download");
    expect(download).toMatchObject({ name: "report.csv", file: "download-01-report.csv", bytes: 12, step: 1 });
    expect(await readFile(path.join(artifactsDir, "download-01-report.csv"), "utf8")).toBe("a,b\n".repeat(3));
  });
});

describe("failures", () => {
  it("says which step failed and why, with a picture of it", async () => {
    const { runId, finished } = orderRun(bed.worker, {
      folder: bed.folder.path,
      steps: [open("index"), { ...click("#absent"), timeout: 500 }, open("two")],
    });
    expect(await finished).toMatchObject({ status: "failed", code: "SELECTOR_NOT_FOUND", step: 1 });
    const ends = bed.worker.events(runId).flatMap((event) => (event.kind === "step-finished" ? [event.status] : []));
    expect(ends).toEqual(["succeeded", "failed", "skipped"]);
    expect(bed.worker.events(runId)).toContainEqual(expect.objectContaining({ kind: "artifact", type: "screenshot", step: 1 }));
    const refused = orderRun(bed.worker, { folder: bed.folder.path, steps: [{ type: "navigate", url: await refusedOrigin() }] });
    expect(await refused.finished).toMatchObject({ code: "NAVIGATION_FAILED", message: expect.stringContaining("refused") });
  });

  it("refuses bad inputs, bad recordings and a run that takes too long", async () => {
    expect(await orderRun(bed.worker, { folder: bed.folder.path, steps: signIn(), extra: secrets.extra }).finished).toMatchObject({
      code: "INPUT_INVALID",
    });
    expect(await orderRun(bed.worker, { folder: bed.folder.path, steps: [{ type: "dance" }] }).finished).toMatchObject({
      code: "STEP_INVALID",
    });
    const slow = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("index"), stuck], limits: { runTimeoutMs: 3000 } });
    expect(await slow.finished).toMatchObject({ status: "failed", code: "RUN_TIMEOUT" });
  });

  it("fails with words when its artifacts do not fit, and keeps the profile's last good state", async () => {
    expect(await orderRun(bed.worker, { folder: bed.folder.path, steps: signIn(), ...secrets }).finished).toMatchObject({
      status: "succeeded",
    });
    const before = JSON.parse(await readFile(path.join(bed.folder.path, "profiles/profile-a/state.json"), "utf8"));
    const full = orderRun(bed.worker, {
      folder: bed.folder.path,
      steps: [open("account"), open("index")],
      limits: { artifactsMaxBytes: 100 },
    });
    expect(await full.finished).toMatchObject({ status: "failed", code: "RUNNER_DISK_FULL" });
    const after = JSON.parse(await readFile(path.join(bed.folder.path, "profiles/profile-a/state.json"), "utf8"));
    expect(after.cookies).toEqual(before.cookies);
  });

  it("goes back to the state before when the newest cannot be read, and says when there is none", async () => {
    const run = () => orderRun(bed.worker, { folder: bed.folder.path, steps: [open("account"), read("h1")] });
    expect(await orderRun(bed.worker, { folder: bed.folder.path, steps: signIn(), ...secrets }).finished).toMatchObject({
      status: "succeeded",
    });
    expect(await run().finished).toMatchObject({ data: { text: "Welcome" } });
    const profile = path.join(bed.folder.path, "profiles/profile-a");
    await writeFile(path.join(profile, "state.json"), '{"cookies":[{"na');
    const restored = run();
    expect(await restored.finished).toMatchObject({ data: { text: "Welcome" } });
    expect(JSON.stringify(bed.worker.events(restored.runId))).toContain("PROFILE_STATE_CORRUPT");
    expect(bed.worker.events(restored.runId)).toContainEqual({ kind: "profile-restored", savedAt: expect.any(Number) });
    expect((await readdir(profile)).some((name) => name.startsWith("state.corrupt-"))).toBe(true);
    const other = path.join(bed.folder.path, "profiles/other");
    await mkdir(other);
    await writeFile(path.join(other, "state.json"), "null");
    const lost = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("account")], profile: "other" });
    expect(await lost.finished).toMatchObject({ status: "failed", code: "PROFILE_STATE_CORRUPT" });
  });

  it("fails when the browser is killed in the middle of a step, and the next run gets a new one", async () => {
    const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("index"), stuck] });
    await vi.waitUntil(() => bed.worker.events(runId).some((event) => event.kind === "step-started" && event.index === 1));
    for (const pid of descendantsOf(bed.worker.child.pid ?? 0)) process.kill(pid, "SIGKILL");
    expect(await finished).toMatchObject({ status: "failed", code: "BROWSER_CRASHED", step: 1 });
    expect(await orderRun(bed.worker, { folder: bed.folder.path, steps: [open("index")] }).finished).toMatchObject({ status: "succeeded" });
  });
});

describe("the worker", () => {
  it("shows the page while somebody looks and waits for the viewer", async () => {
    const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("sign-in"), stuck] });
    await bed.worker.untilEvent(runId, "step-started");
    bed.worker.send({ type: "live", runId, on: true });
    const isFrame = (message: WorkerMessage): message is Extract<WorkerMessage, { type: "frame" }> =>
      message.type === "frame" && message.runId === runId;
    const frame = await bed.worker.until(isFrame);
    expect([frame.data[0], frame.data[1], frame.width > 0]).toEqual([0xff, 0xd8, true]);
    bed.worker.send({ type: "cancel", runId });
    await finished;
    expect(bed.worker.messages.filter(isFrame).length).toBeLessThanOrEqual(2);
  });

  it("says that no browser was found", async () => {
    const own = startTestWorker({ DESKHAND_BROWSER: "/no/such/browser" });
    const fatal = await own.until((message): message is Extract<WorkerMessage, { type: "fatal" }> => message.type === "fatal");
    expect(fatal.code).toBe("BROWSER_MISSING");
    expect(await own.exited).toBe(1);
  });

  it("leaves when it has nothing to do", async () => {
    const own = startTestWorker({ DESKHAND_WORKER_IDLE_MS: "200" });
    await own.until((message): message is Extract<WorkerMessage, { type: "idle" }> => message.type === "idle");
    expect(await own.exited).toBe(0);
  });

  it.each(["disconnect", "SIGKILL"] as const)("leaves no browser behind when it is ended by %s", async (how) => {
    const own = startTestWorker();
    await own.until((message): message is Extract<WorkerMessage, { type: "ready" }> => message.type === "ready");
    const run = orderRun(own, { folder: bed.folder.path, steps: [open("index"), stuck] });
    await own.untilEvent(run.runId, "step-started");
    run.finished.catch(() => {});
    const browsers = descendantsOf(own.child.pid ?? 0);
    expect(browsers.length).toBeGreaterThan(0);
    if (how === "disconnect") own.child.disconnect();
    else own.child.kill("SIGKILL");
    await own.exited;
    await vi.waitUntil(() => !browsers.some(isRunning));
  });
});

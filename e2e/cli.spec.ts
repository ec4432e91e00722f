import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { test as base, expect } from "./fixtures.ts";
import { held, quick, recording, steps } from "./recordings.ts";

type Terminal = {
  /** An empty folder of the command line's own. */
  home: string;
  env: Record<string, string>;
  /** Runs a command as somebody with the demo's API key. */
  run: (args: string[]) => ReturnType<typeof deskhand>;
  write: (recording: Recording) => Promise<string>;
};

const test = base.extend<{ terminal: Terminal }>({
  terminal: async ({ product }, use) => {
    const home = await mkdtemp(path.join(tmpdir(), "deskhand-cli-"));
    const env = { DESKHAND_HOME: home, DESKHAND_URL: product.url, DESKHAND_API_KEY: product.firstRun.apiKey };
    await use({
      home,
      env,
      run: (args) => deskhand(args, { env }),
      write: async (content) => {
        const file = path.join(home, "recording.json");
        await writeFile(file, JSON.stringify(content));
        return file;
      },
    });
    await rm(home, { recursive: true });
  },
});

test("deploy --watch ends with the run's result and with 0, and its runs and logs can be read afterwards", async ({
  terminal,
  demo,
  product,
}) => {
  const file = await terminal.write(quick(product.url, own("From a terminal")));
  const { name: profile } = await demo.createProfile();
  const deployed = await terminal.run(["deploy", file, "--profile", profile, "--watch"]);
  expect(deployed.last).toMatchObject({
    type: "result",
    status: "succeeded",
    failureCode: null,
    runs: [{ profile, status: "succeeded" }],
  });
  expect(deployed.exitCode).toBe(0);
  expect(deployed.lines.filter(({ type, status }) => type === "step" && status === "succeeded")).toHaveLength(2);

  const runId = deployed.last.runId as string;
  const [runs, logs] = await Promise.all([terminal.run(["runs", "--profile", profile]), terminal.run(["logs", runId])]);
  expect(runs.lines[0]).toMatchObject({ type: "run", runId, status: "succeeded", profileName: profile });
  expect(runs.last).toEqual({ type: "result", count: 1, more: false });
  expect(logs.lines[0]).toMatchObject({
    type: "log",
    seq: 1,
    at: expect.any(String),
    level: expect.any(String),
    message: expect.any(String),
  });
  expect(logs.last).toMatchObject({ type: "result", runId, status: "succeeded", lines: logs.lines.length - 1 });
  expect([runs.exitCode, logs.exitCode]).toEqual([0, 0]);
});

test("a run is looked at, its files are saved, and it is run again", async ({ terminal, demo, product }) => {
  const runId = await demo.start(quick(product.url, own("Looked at in a terminal")));
  await terminal.run(["logs", runId, "--follow"]);
  const shown = await terminal.run(["runs", "show", runId]);
  expect(shown.last).toMatchObject({ type: "result", runId, status: "succeeded", steps: [{ number: "1" }, { number: "2" }] });
  const folder = path.join(terminal.home, "evidence");
  const saved = await terminal.run(["runs", "files", runId, "--save", folder]);
  expect(saved.last).toMatchObject({ type: "result", runId, failed: 0 });
  const files = saved.lines.slice(0, -1);
  expect(files.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["trace", "har", "screenshot", "log"]));
  for (const { file, bytes } of files) expect((await stat(file as string)).size).toBe(bytes);
  const again = await terminal.run(["runs", "rerun", runId, "--watch"]);
  expect(again).toMatchObject({ exitCode: 0, last: { type: "result", of: runId, status: "succeeded" } });
  expect(again.last.runId).not.toBe(runId);
});

test("a schedule is made, listed, paused and ended, and its firings are seen", async ({ terminal, demo, product }) => {
  const file = await terminal.write(quick(product.url, own("By itself")));
  const { name: profile } = await demo.createProfile();
  const made = await terminal.run(["deploy", file, "--profile", profile, "--cron", "0 9 1 1 *", "--time-zone", "Asia/Kathmandu"]);
  expect(made).toMatchObject({ exitCode: 0, last: { status: "scheduled" } });
  const id = made.last.deploymentId as string;
  const stands = async () => (await terminal.run(["schedules", "show", id])).last.status;
  await expect.poll(stands).toBe("active");
  const { lines } = await terminal.run(["schedules", "list"]);
  expect(lines.find(({ deploymentId }) => deploymentId === id)).toMatchObject({ kind: "cron", status: "active" });

  expect((await terminal.run(["schedules", "pause", id])).last).toMatchObject({ type: "result", asked: "pause" });
  await expect.poll(stands).toBe("paused");
  expect((await terminal.run(["schedules", "resume", id])).exitCode).toBe(0);
  await expect.poll(stands).toBe("active");
  expect((await terminal.run(["schedules", "end", id])).exitCode).toBe(0);
  await expect.poll(stands).toBe("ended");
  expect((await terminal.run(["schedules", "firings", id])).last).toEqual({ type: "result", deploymentId: id, count: 0 });
  expect(await terminal.run(["schedules", "pause", id])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
});

test("a run that fails ends deploy with 1, its reason and its step", async ({ terminal, demo, product }) => {
  const file = await terminal.write(recording(own("Fails"), steps.open(`${product.url}/practice`), steps.click("#no-such-thing", 300)));
  const { name: profile } = await demo.createProfile();
  const { last, exitCode } = await terminal.run(["deploy", file, "--profile", profile, "--watch"]);
  expect(last).toMatchObject({ type: "result", status: "failed", failureCode: "SELECTOR_NOT_FOUND", failureStep: 1 });
  expect(exitCode).toBe(1);
});

test("a run under way is cancelled", async ({ terminal, demo, gate }) => {
  const runId = await demo.start(held(gate, own("Cancelled in a terminal")));
  const { last, exitCode } = await terminal.run(["cancel", runId]);
  expect(last).toMatchObject({ type: "result", runId, status: expect.any(String) });
  expect(exitCode).toBe(0);
  const followed = await terminal.run(["logs", runId, "--follow"]);
  expect(followed.last).toMatchObject({ type: "result", runId, status: "cancelled" });
  expect(followed.exitCode).toBe(1);
});

test("what was typed wrongly ends with 2, and what cannot be reached or is not allowed with 3", async ({ terminal, product }) => {
  const file = await terminal.write({ title: "x", steps: [] });
  const attempt = (args: string[], env: Record<string, string> = {}) => deskhand(args, { env: { ...terminal.env, ...env } });
  const [unknown, nobody, away, notAllowed, keyless] = await Promise.all([
    attempt(["fly"]),
    attempt(["deploy", file, "--profile", own("Nobody")]),
    attempt(["runs"], { DESKHAND_URL: "http://127.0.0.1:9" }),
    attempt(["runs"], { DESKHAND_API_KEY: "dh_not-a-key-of-anybody" }),
    attempt(["runs"], { DESKHAND_API_KEY: "", DESKHAND_URL: product.url }),
  ]);
  const said = { message: expect.any(String), whatToDo: expect.any(String), type: "error" };
  expect(unknown).toMatchObject({ exitCode: 2, last: { ...said, code: "USAGE" } });
  expect(nobody).toMatchObject({ exitCode: 2, last: { ...said, code: "USAGE" } });
  expect(away).toMatchObject({ exitCode: 3, last: { ...said, code: "SERVER_UNREACHABLE" } });
  expect(notAllowed).toMatchObject({ exitCode: 3, last: { ...said, code: "UNAUTHENTICATED" } });
  expect(keyless).toMatchObject({ exitCode: 3, last: { ...said, code: "UNAUTHENTICATED" } });
});

test("login keeps the key for the later commands, in a file that only its owner reads", async ({ terminal, product }) => {
  const env = { DESKHAND_HOME: terminal.home };
  const login = await deskhand(["login", "--server", product.url], { env, input: `${product.firstRun.apiKey}\n` });
  expect(login).toMatchObject({ exitCode: 0, last: { type: "result", serverUrl: product.url } });
  const file = login.last.file as string;
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, "utf8")).toContain(product.firstRun.apiKey);
  expect(JSON.stringify(login.lines) + login.err).not.toContain(product.firstRun.apiKey);
  expect(await deskhand(["runs", "--limit", "1"], { env })).toMatchObject({ exitCode: 0 });
});

test("status and doctor tell what is on this computer, with the same keys each time", async ({ terminal, product }) => {
  const env = { ...terminal.env, DESKHAND_HOME: product.home };
  const [status, doctor, empty] = await Promise.all([
    deskhand(["status"], { env }),
    deskhand(["doctor"], { env }),
    deskhand(["status"], { env: terminal.env }),
  ]);
  expect(status).toMatchObject({
    exitCode: 0,
    last: { type: "result", paired: true, runnerId: product.firstRun.runnerId, running: true, connection: "connected" },
  });
  expect(empty.last).toMatchObject({ type: "result", paired: false, runnerId: null, running: false });
  expect(Object.keys(empty.last)).toEqual(Object.keys(status.last));
  for (const check of doctor.lines.slice(0, -1)) {
    expect(check).toEqual({
      type: "check",
      name: expect.any(String),
      status: expect.stringMatching(/^(ok|warn|fail)$/),
      message: expect.any(String),
      whatToDo: check.status === "ok" ? null : expect.any(String),
    });
  }
  expect(doctor.lines.map(({ name }) => name)).toEqual(expect.arrayContaining(["node", "folder", "journal", "browser", "server"]));
  expect(doctor).toMatchObject({ exitCode: 0, last: { type: "result" } });
});

import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeRelay, runStart } from "./connection/testing/fake-relay.ts";
import { type PairedHome, pairedHome } from "./connection/testing/paired-home.ts";

// each start of a process from source takes seconds on a busy machine
vi.setConfig({ testTimeout: 120_000 });

let relay: FakeRelay;
let paired: PairedHome;
const children: ChildProcess[] = [];
const until = (check: () => unknown) => vi.waitFor(check, { interval: 5 });
const kindsOf = (runId: string) => (relay.runs.get(runId) ?? []).map(({ kind }) => kind);

beforeEach(async () => {
  relay = new FakeRelay();
  await relay.listen();
  paired = await pairedHome(relay.url);
  relay.publicKey = paired.identity.publicKey;
});

afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await relay.close();
  paired.remove();
});

function launch(program: string, args: string[] = []): ChildProcess {
  const child = fork(path.join(import.meta.dirname, program), args, {
    execArgv: [],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, DESKHAND_HOME: paired.home.folder },
  });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function runner(): Promise<ChildProcess> {
  await until(() => expect(relay.sockets.size).toBe(0));
  const child = launch("runs/testing/runner-process.ts");
  await until(() => expect(relay.sockets.size).toBe(1));
  return child;
}

it("a run whose runner was killed ends with RUNNER_RESTARTED, once, and what waited behind it is carried out", async () => {
  const killed = await runner();
  const profileId = randomUUID();
  const [underWay, behind] = [runStart({ title: "hang", profileId }), runStart({ profileId })];
  await relay.deliver(underWay);
  await relay.deliver(behind);
  await until(() => expect(kindsOf(underWay.payload.runId)).toEqual(["started", "step-started"]));
  await kill(killed);

  const next = await runner();
  await until(() => expect(relay.runs.get(behind.payload.runId)?.at(-1)).toMatchObject({ kind: "finished", state: "succeeded" }));
  await kill(next);
  await runner();
  // a server that did not hear the end delivers the command again
  await relay.deliver({ ...underWay, leaseToken: randomUUID() });
  await until(() => expect(relay.seen.heartbeats.at(-1)).toEqual([]));
  expect(kindsOf(underWay.payload.runId)).toEqual(["started", "step-started", "step-finished", "finished"]);
  expect(relay.runs.get(underWay.payload.runId)?.at(-1)).toMatchObject({
    state: "failed",
    failureCode: "RUNNER_RESTARTED",
    failureStep: 0,
  });
  expect(kindsOf(behind.payload.runId).filter((kind) => kind === "started")).toHaveLength(1);
});

it("an end that the server did not acknowledge is told by the next process when this one was killed", async () => {
  const killed = await runner();
  const command = runStart();
  let heard = false;
  relay.interceptEvents = (_, events) => {
    if (!events.some(({ kind }) => kind === "finished")) return undefined;
    heard = true;
    return null;
  };
  await relay.deliver(command);
  await until(() => expect(heard).toBe(true));
  await kill(killed);
  relay.interceptEvents = undefined;
  await runner();
  await until(() => expect(kindsOf(command.payload.runId)).toEqual(["started", "step-started", "step-finished", "finished"]));
  expect(relay.runs.get(command.payload.runId)?.at(-1)).toMatchObject({ state: "succeeded" });
});

it("`deskhand start` tells its parent when it is connected, and stops when it is told to", async () => {
  const child = launch("cli/main.ts", ["start", "--json"]);
  const [message] = await once(child, "message");
  expect(message).toEqual({ type: "connected" });
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  await until(() => expect(relay.sockets.size).toBe(0));
});

it("`deskhand start` stops when its parent is gone", async () => {
  const child = launch("cli/main.ts", ["start"]);
  await once(child, "message");
  child.disconnect();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});

it("`deskhand start` on a folder that another process has says so and exits with 3", async () => {
  await runner();
  const child = launch("cli/main.ts", ["start", "--json"]);
  const [[code], [output]] = await Promise.all([once(child, "exit"), once(child.stdout as NodeJS.ReadableStream, "data")]);
  expect(code).toBe(3);
  expect(JSON.parse(String(output))).toMatchObject({ type: "error", code: "ALREADY_RUNNING" });
});

it("`deskhand start` of a runner that was revoked says what to do and exits with 3", async () => {
  relay.handshake = { refuse: "RUNNER_REVOKED", final: true };
  const child = launch("cli/main.ts", ["start", "--json"]);
  let output = "";
  child.stdout?.on("data", (part) => {
    output += part;
  });
  const [code] = await once(child, "close");
  expect(code).toBe(3);
  const last = JSON.parse(output.trim().split("\n").at(-1) ?? "");
  expect(last).toMatchObject({ type: "error", code: "RUNNER_REVOKED", whatToDo: expect.stringContaining("pair") });
});

import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConnectionStatus } from "./connection/connection.ts";
import { FakeRelay, runStart } from "./connection/testing/fake-relay.ts";
import { type PairedHome, pairedHome } from "./connection/testing/paired-home.ts";
import { sealTo } from "./identity/identity.ts";
import { ArtifactIndex } from "./journal/artifact-index.ts";
import { Journal } from "./journal/journal.ts";
import { type Runner, type RunnerOptions, StartRefused, startRunner } from "./main.ts";

let relay: FakeRelay;
let paired: PairedHome;
const runners: Runner[] = [];
const statuses: ConnectionStatus[] = [];
const problems: string[] = [];
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

beforeEach(async () => {
  relay = new FakeRelay();
  await relay.listen();
  paired = await pairedHome(relay.url);
  relay.publicKey = paired.identity.publicKey;
  statuses.length = 0;
  problems.length = 0;
});

afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.stop();
  await relay.close();
  paired.remove();
});

function start(options: Partial<RunnerOptions> = {}): Runner {
  const runner = startRunner({
    home: paired.home,
    workerFile: path.join(import.meta.dirname, "runs/testing/fake-worker.ts"),
    onStatus: (status) => statuses.push(status),
    onProblem: (what, error) => problems.push(`${what}: ${error}`),
    concurrency: 2,
    ...options,
  });
  runners.push(runner);
  return runner;
}

async function connected(options: Partial<RunnerOptions> = {}): Promise<Runner> {
  const runner = start(options);
  await until(() => expect(relay.sockets.size).toBe(1));
  return runner;
}

const kindsOf = (runId: string) => (relay.runs.get(runId) ?? []).map(({ kind }) => kind);
const endOf = (runId: string) => relay.runs.get(runId)?.find((event) => event.kind === "finished");
const whole = ["started", "step-started", "step-finished", "finished"];

describe("a run", () => {
  it("is acknowledged, carried out, and told in order", async () => {
    await connected();
    const command = runStart();
    expect(await relay.deliver(command)).toEqual({ v: 1, status: "accepted", leaseToken: command.leaseToken });
    await until(() => expect(kindsOf(command.payload.runId)).toEqual(whole));
    await until(() => expect(relay.seen.heartbeats.at(-1)).toEqual([]));
    expect(problems).toEqual([]);
  });

  it("that is delivered again is not run again, and keeps to its new lease", async () => {
    await connected();
    const command = runStart({ title: "hang" });
    await relay.deliver(command);
    await until(() => expect(kindsOf(command.payload.runId)).toEqual(["started", "step-started"]));
    const again = { ...command, leaseToken: randomUUID() };
    expect(await relay.deliver(again)).toMatchObject({ status: "accepted", leaseToken: again.leaseToken });
    await until(() => expect(relay.seen.heartbeats.at(-1)).toEqual([{ commandId: command.id, leaseToken: again.leaseToken }]));
    expect(kindsOf(command.payload.runId)).toEqual(["started", "step-started"]);
  });

  it("goes on while the server is away; its result arrives later, in order, once", async () => {
    await connected();
    const { port } = relay;
    const command = runStart();
    relay.interceptEvents = () => null;
    await relay.deliver(command);
    await relay.close();
    await until(() => expect(statuses.at(-1)?.state).toBe("offline"));
    const earlier = relay;
    relay = new FakeRelay();
    relay.publicKey = earlier.publicKey;
    await relay.listen(port);
    await until(() => expect(kindsOf(command.payload.runId)).toEqual(whole));
  });

  it("whose events the server lost or could not store is told again from where the server is", async () => {
    await connected();
    let times = 0;
    relay.interceptEvents = (firstSeq) => {
      times++;
      if (times === 1) return { v: 1, ok: false, code: "DATABASE_UNAVAILABLE" };
      if (times === 2) return { v: 1, ok: true, ackedSeq: firstSeq - 1 };
      return undefined;
    };
    const command = runStart();
    await relay.deliver(command);
    await until(() => expect(kindsOf(command.payload.runId)).toEqual(whole));
    expect(times).toBeGreaterThan(2);
  });

  it("is cancelled by the next heartbeat's answer", async () => {
    await connected();
    const command = runStart({ title: "hang" });
    await relay.deliver(command);
    await until(() => expect(kindsOf(command.payload.runId)).toContain("step-started"));
    relay.cancels = [command.id, randomUUID()];
    await until(() => expect(endOf(command.payload.runId)).toMatchObject({ state: "cancelled" }));
  });

  it("that does not heed a cancel is ended by ending the worker, and the next run gets a new one", async () => {
    await connected({ cancelGraceMs: 50 });
    const [stubborn, bystander] = [runStart({ title: "stubborn" }), runStart({ title: "hang" })];
    await relay.deliver(stubborn);
    await relay.deliver(bystander);
    for (const { payload } of [stubborn, bystander]) await until(() => expect(kindsOf(payload.runId)).toContain("step-started"));
    relay.socket.emit("cancel", { v: 1, commandIds: [stubborn.id] });
    await until(() => expect(endOf(stubborn.payload.runId)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED" }));
    await until(() => expect(endOf(bystander.payload.runId)).toMatchObject({ state: "failed", failureCode: "WORKER_CRASHED" }));
    const next = runStart();
    await relay.deliver(next);
    await until(() => expect(kindsOf(next.payload.runId)).toEqual(whole));
  });

  it("whose worker dies fails with WORKER_CRASHED at the step it was in", async () => {
    await connected();
    const command = runStart({ title: "crash" });
    await relay.deliver(command);
    await until(() =>
      expect(endOf(command.payload.runId)).toMatchObject({ state: "failed", failureCode: "WORKER_CRASHED", failureStep: 0 }),
    );
    expect(kindsOf(command.payload.runId)).toEqual(whole);
  });

  it("gets its secret inputs opened; one that is sealed to another runner, or not sealed, is refused", async () => {
    await connected();
    const inputs = { properties: { word: { type: "string", writeOnly: true } }, required: ["word"] };
    const withWord = (word: string | { sealed: string }) => {
      const command = runStart({ title: "secret" });
      command.payload.recording.inputs = inputs;
      command.payload.inputs = { word };
      return command;
    };
    const good = withWord({ sealed: await sealTo(paired.identity.sealRecipient, "open sesame") });
    const other = await pairedHome(relay.url);
    const foreign = withWord({ sealed: await sealTo(other.identity.sealRecipient, "open sesame") });
    other.remove();
    const clear = withWord("open sesame");
    for (const command of [good, foreign, clear]) await relay.deliver(command);
    await until(() => expect(endOf(good.payload.runId)).toMatchObject({ state: "succeeded" }));
    for (const { payload } of [foreign, clear]) {
      await until(() => expect(endOf(payload.runId)).toMatchObject({ state: "failed", failureCode: "INPUT_INVALID" }));
    }
  });

  it("that waited past its deadline is not started", async () => {
    await connected({ concurrency: 1 });
    const [first, late] = [runStart({ title: "hang" }), runStart({ startWithinMs: 100 })];
    await relay.deliver(first);
    await relay.deliver(late);
    await until(() => expect(endOf(late.payload.runId)).toMatchObject({ state: "failed", failureCode: "COMMAND_EXPIRED" }));
    expect(kindsOf(late.payload.runId)).toEqual(["finished"]);
  });

  it("waits for the one before it on the same profile, while another profile's goes ahead", async () => {
    await connected();
    const profileId = randomUUID();
    const [first, second, other] = [runStart({ title: "hang", profileId }), runStart({ profileId }), runStart()];
    for (const command of [first, second, other]) await relay.deliver(command);
    await until(() => expect(kindsOf(other.payload.runId)).toEqual(whole));
    expect(kindsOf(second.payload.runId)).toEqual([]);
    relay.cancels = [first.id];
    await until(() => expect(kindsOf(second.payload.runId)).toEqual(whole));
  });

  it("starts a new worker after the last one left because it was idle", async () => {
    await connected();
    const first = runStart({ title: "idle after" });
    await relay.deliver(first);
    await until(() => expect(kindsOf(first.payload.runId)).toEqual(whole));
    const second = runStart();
    await relay.deliver(second);
    await until(() => expect(kindsOf(second.payload.runId)).toEqual(whole));
  });

  it("is stopped when the server says that it does not know it", async () => {
    await connected();
    const command = runStart({ title: "hang" });
    relay.interceptEvents = () => ({ v: 1, ok: false, code: "NOT_FOUND" });
    await relay.deliver(command);
    await until(() => expect(relay.seen.heartbeats.at(-1)).toEqual([]));
    await until(() => expect(new Journal(paired.home.journalFile).command(command.id)).toMatchObject({ outcome: "cancelled" }));
  });
});

describe("a stop", () => {
  it("ends runs under way with RUNNER_RESTARTED, and they are not started again", async () => {
    const runner = await connected();
    const command = runStart({ title: "hang" });
    await relay.deliver(command);
    await until(() => expect(kindsOf(command.payload.runId)).toContain("step-started"));
    await runner.stop();
    await until(() => expect(relay.sockets.size).toBe(0));
    expect(endOf(command.payload.runId)).toMatchObject({ state: "failed", failureCode: "RUNNER_RESTARTED" });
    await connected();
    await relay.deliver({ ...command, leaseToken: randomUUID() });
    await until(() => expect(relay.seen.heartbeats.at(-1)).toEqual([]));
    expect(kindsOf(command.payload.runId)).toEqual(whole);
  });
});

describe("the rest of what a server may ask", () => {
  it("deletes a profile's folder", async () => {
    await connected();
    const profileId = randomUUID();
    const folder = path.join(paired.home.profilesFolder, profileId);
    mkdirSync(folder);
    const command = { ...runStart(), kind: "profile.delete", payload: { profileId } };
    await relay.deliver(command);
    await until(() => expect(relay.seen.outcomes).toMatchObject([{ commandId: command.id, state: "succeeded" }]));
    expect(existsSync(folder)).toBe(false);
  });

  it("reads a run's log, and says when there is none", async () => {
    await connected();
    const command = runStart();
    await relay.deliver(command);
    await until(() => expect(kindsOf(command.payload.runId)).toEqual(whole));
    const { runId } = command.payload;
    expect(await relay.ask("log-request", { v: 1, runId, after: 0 })).toMatchObject({ ok: true, lines: [{ seq: 1, level: "info" }] });
    expect(await relay.ask("log-request", { v: 1, runId, after: 1 })).toMatchObject({ ok: true, lines: [] });
    expect(await relay.ask("log-request", { v: 1, runId: randomUUID(), after: 0 })).toMatchObject({ ok: false, code: "ARTIFACT_GONE" });
  });

  it("sends an artifact by HTTP, and says when it is gone", async () => {
    const [artifactId, runId] = [randomUUID(), randomUUID()];
    const journal = new Journal(paired.home.journalFile);
    new ArtifactIndex(journal).add({ id: artifactId, runId, file: "a.txt", contentType: "text/plain", bytes: 5 });
    journal.close();
    mkdirSync(path.join(paired.home.artifactsFolder, runId));
    writeFileSync(path.join(paired.home.artifactsFolder, runId, "a.txt"), "hello");
    await connected();
    const request = { v: 1, artifactId, runId, uploadPath: "/relay/blobs/x", token: "t".repeat(20) };
    expect(await relay.ask("artifact-request", request)).toEqual({ v: 1, ok: true });
    await until(() => expect(relay.uploads).toHaveLength(1));
    expect(relay.uploads[0]).toMatchObject({
      path: "/relay/blobs/x",
      authorization: `Bearer ${"t".repeat(20)}`,
      body: Buffer.from("hello"),
    });
    expect(await relay.ask("artifact-request", { ...request, artifactId: randomUUID() })).toEqual({
      v: 1,
      ok: false,
      code: "ARTIFACT_GONE",
    });
  });

  it("sends frames while somebody looks, each after the last was taken", async () => {
    await connected();
    const command = runStart({ title: "hang" });
    await relay.deliver(command);
    await until(() => expect(kindsOf(command.payload.runId)).toContain("step-started"));
    expect(relay.seen.frames).toBe(0);
    relay.socket.emit("live", { v: 1, runId: command.payload.runId, on: true });
    await until(() => expect(relay.seen.frames).toBeGreaterThan(3));
  });

  it("is answered MESSAGE_INVALID when it cannot be read, and the runner stays", async () => {
    await connected();
    const { leaseToken } = runStart();
    expect(await relay.deliver({ v: 1, kind: "run.start", leaseToken })).toMatchObject({
      status: "refused",
      leaseToken,
      code: "MESSAGE_INVALID",
    });
    expect(await relay.deliver({ nonsense: true })).toMatchObject({ status: "refused", code: "MESSAGE_INVALID" });
    for (const name of ["log-request", "artifact-request"]) {
      expect(await relay.ask(name, { v: 2 })).toEqual({ v: 1, ok: false, code: "MESSAGE_INVALID" });
    }
    relay.socket.emit("cancel", 7);
    relay.socket.emit("live", null);
    const command = runStart();
    await relay.deliver(command);
    await until(() => expect(kindsOf(command.payload.runId)).toEqual(whole));
  });

  it("is refused when the journal has no room for it: nothing is started that is not written", async () => {
    await connected({ journalMaxBytes: 200_000 });
    const command = runStart();
    command.payload.recording.padding = "x".repeat(400_000);
    expect(await relay.deliver(command)).toMatchObject({ status: "refused", code: "INTERNAL" });
    const small = runStart();
    await relay.deliver(small);
    await until(() => expect(kindsOf(small.payload.runId)).toEqual(whole));
    expect(relay.runs.has(command.payload.runId)).toBe(false);
  });
});

describe("the folder", () => {
  it("serves one process at a time", async () => {
    const first = await connected();
    expect(() => start()).toThrow(StartRefused);
    await first.stop();
    await connected();
  });
});

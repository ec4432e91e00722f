import { randomUUID } from "node:crypto";
import path from "node:path";
import { errorCodes } from "@deskhand/shared/error-codes";
import { MAX_PAYLOAD_BYTES } from "@deskhand/shared/protocol/version";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeRelay, runStart } from "../../../desktop-runner/src/connection/testing/fake-relay.ts";
import { type PairedHome, pairedHome } from "../../../desktop-runner/src/connection/testing/paired-home.ts";
import { type Runner, startRunner } from "../../../desktop-runner/src/main.ts";
import { fuzzMs, fuzzSeed } from "./fuzz-settings.ts";
import { leakBytes, liveHeap } from "./memory.ts";
import { mutate } from "./mutate.ts";
import { createRandom } from "./random.ts";

/** Whatever a server sends: the runner answers each question once, stays or comes back, and keeps nothing. */

const random = createRandom(fuzzSeed).fork("runner");
const defects: unknown[] = [];
const note = (error: unknown) => defects.push(error);
let relay: FakeRelay;
let paired: PairedHome;
let runner: Runner;
let problems: string[];

beforeEach(async () => {
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  relay = new FakeRelay();
  await relay.listen();
  paired = await pairedHome(relay.url);
  relay.publicKey = paired.identity.publicKey;
  problems = [];
  const workerFile = path.resolve(import.meta.dirname, "../../../desktop-runner/src/runs/testing/fake-worker.ts");
  runner = startRunner({ home: paired.home, workerFile, onProblem: (what, error) => problems.push(`${what}: ${error}`) });
  await connected();
});
afterEach(async () => {
  await runner.stop();
  await relay.close();
  paired.remove();
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
  expect(defects).toEqual([]);
});

const connected = () => vi.waitFor(() => expect(relay.sockets.size).toBe(1), { interval: 5 });

const questions = (): [string, object][] => [
  ["command", runStart()],
  ["command", { ...runStart(), kind: "profile.delete", payload: { profileId: randomUUID() } }],
  ["log-request", { v: 1, runId: randomUUID(), after: 0 }],
  [
    "artifact-request",
    { v: 1, artifactId: randomUUID(), runId: randomUUID(), uploadPath: `/relay/blobs/${randomUUID()}`, token: "x".repeat(43) },
  ],
  ["no such message", { v: 1 }],
  ["__proto__", { v: 1 }],
];
const statements = (): [string, object][] => [
  ["cancel", { v: 1, commandIds: [randomUUID()] }],
  ["live", { v: 1, runId: randomUUID(), on: true }],
  ["rotate-key", { v: 1, now: true }],
];

test(`each question to a runner gets one answer, with a code when it is refused (seed ${fuzzSeed})`, {
  timeout: fuzzMs + 90_000,
}, async () => {
  let answered = 0;
  let firstHeap: number | undefined;
  for (const end = Date.now() + fuzzMs; Date.now() < end || answered < 1_000; ) {
    for (const [name, message] of statements()) relay.socket.emit(name as never, mutate(message, random) as never);
    const batch = Array.from({ length: 50 }, () => random.pick(questions()));
    const answers = await Promise.all(batch.map(([name, message]) => ask(name, mutate(message, random))));
    for (const [index, answer] of answers.entries())
      expect(isAnswer(answer), `${batch[index]?.[0]} was answered ${JSON.stringify(answer)}`).toBe(true);
    answered += answers.length;
    if (answered === 500) firstHeap = liveHeap();
  }
  expect(problems).toEqual([]);
  expect(relay.accepted).toBe(1);
  await serves();
  expect(liveHeap() - (firstHeap ?? 0)).toBeLessThan(leakBytes);
});

test("a message over the limit, or a welcome that cannot be read, ends the connection, and the runner comes back", {
  timeout: 60_000,
}, async () => {
  for (const say of [
    () => relay.socket.emit("live", { v: 1, junk: "x".repeat(MAX_PAYLOAD_BYTES + 100_000) }),
    () => relay.socket.emit("welcome", mutate({ v: "nothing", protocol: 1 }, random)),
  ]) {
    const before = relay.accepted;
    say();
    await vi.waitFor(() => expect(relay.accepted).toBeGreaterThan(before), { interval: 5 });
    await connected();
  }
  await serves();
});

async function serves(): Promise<void> {
  const command = runStart();
  expect(await relay.deliver(command)).toMatchObject({ status: "accepted" });
  const kinds = () => (relay.runs.get(command.payload.runId) ?? []).map(({ kind }) => kind);
  await vi.waitFor(() => expect(kinds()).toContain("finished"), { timeout: 60_000, interval: 10 });
}

/** The answer, or what there was none to. */
function ask(name: string, message: unknown): Promise<unknown> {
  return relay.ask(name, message as object).catch(() => ({ unanswered: message }));
}

function isAnswer(answer: unknown): boolean {
  const { v, ok, status, code } = answer as { v?: unknown; ok?: unknown; status?: unknown; code?: string };
  if (v !== 1) return false;
  if (ok === false || status === "refused") return (errorCodes as readonly string[]).includes(code ?? "") && code !== "INTERNAL";
  return ok === true || status === "accepted";
}

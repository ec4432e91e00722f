import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { errorCodes } from "@deskhand/shared/error-codes";
import type { Command } from "@deskhand/shared/protocol/commands";
import { MAX_PAYLOAD_BYTES } from "@deskhand/shared/protocol/version";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { sendSignals } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene } from "@/server/testing/factories";
import { dialRunner, startTestRelay, type TestRelay, type TestRunner } from "@/server/testing/test-relay";
import { fuzzMs, fuzzSeed } from "./fuzz-settings.ts";
import { leakBytes, liveHeap } from "./memory.ts";
import { mutate, nonsenseFrame } from "./mutate.ts";
import { createRandom } from "./random.ts";

/** Whatever a runner, or somebody who is none, sends: the relay answers each message once, goes on serving others, and keeps nothing. */

const random = createRandom(fuzzSeed).fork("server");
const defects: unknown[] = [];
const note = (error: unknown) => defects.push(error);
let database: TestDatabase;
let db: Db;
let server: TestRelay;
let scene: Awaited<ReturnType<typeof createScene>>;
let attacker: TestRunner;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { runnerMessagesPerSecond: 1_000_000, handshakesPerMinute: 1_000_000 });
  scene = await createScene(db);
  attacker = dialRunner(server.url, scene.runner);
  await attacker.welcome();
});
afterEach(async () => {
  attacker.leave();
  await server.close();
  expect(defects).toEqual([]);
});
afterAll(async () => {
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
  await db?.$disconnect();
  await database?.drop();
});

const ids = () => ({ commandId: randomUUID(), leaseToken: randomUUID() });
const at = Date.now();
/** One valid message of each kind, and one of none. */
const messages = (runId: string): [string, object][] => [
  ["heartbeat", { v: 1, clock: at, holding: [ids(), ids()] }],
  [
    "run-events",
    {
      v: 1,
      runId,
      leaseToken: randomUUID(),
      firstSeq: 1,
      events: [
        { kind: "started", at },
        { kind: "step-finished", at, index: 0, state: "failed", durationMs: 5, failureCode: "TIMEOUT" },
        {
          kind: "artifact",
          at,
          id: randomUUID(),
          type: "log",
          name: "a",
          stepIndex: null,
          bytes: 1,
          sha256: "0".repeat(64),
          contentType: "text/plain",
        },
        { kind: "finished", at, state: "succeeded", failureCode: null, failureStep: null },
      ],
    },
  ],
  ["command-finished", { v: 1, ...ids(), state: "succeeded", failureCode: null }],
  ["key-rotation", { v: 1, publicKey: "A".repeat(60), signature: "A".repeat(88), previousSignature: "A".repeat(88) }],
  ["frame", { v: 1, runId, width: 10, height: 10, data: Buffer.from([1, 2, 3]) }],
  ["live-log", { v: 1, runId, lines: [{ seq: 1, at: new Date(at).toISOString(), step: null, level: "info", message: "x" }] }],
  ["challenge", { v: 1, nonce: "x" }],
  ["error", { v: 1 }],
  ["__proto__", { v: 1 }],
];

test(`each message of a runner gets one answer, with a code when it is refused (seed ${fuzzSeed})`, {
  timeout: fuzzMs + 60_000,
}, async () => {
  const { run } = await createRun(db, scene);
  const valid = messages(run.id);
  let answered = 0;
  let firstHeap: number | undefined;
  for (const end = Date.now() + fuzzMs; Date.now() < end || answered < 2_000; ) {
    const batch = Array.from({ length: 100 }, () => random.pick(valid));
    const answers = await Promise.all(batch.map(([event, message]) => ask(event, mutate(message, random))));
    for (const [index, answer] of answers.entries())
      expect(isAnswer(answer), `${batch[index]?.[0]} was answered ${JSON.stringify(answer)}`).toBe(true);
    answered += answers.length;
    // what is made once is made by now
    if (answered === 1_000) firstHeap = liveHeap();
  }
  expect(attacker.socket.connected).toBe(true);
  expect(liveHeap() - (firstHeap ?? 0)).toBeLessThan(leakBytes);
});

test(`frames that are no messages end their own connection at most, and runners are served meanwhile (seed ${fuzzSeed})`, {
  timeout: fuzzMs + 90_000,
}, async () => {
  let rounds = 0;
  let firstHeap: number | undefined;
  for (const end = Date.now() + fuzzMs; Date.now() < end || rounds < 30; rounds += 1) {
    await Promise.all(Array.from({ length: 8 }, () => sendNonsense()));
    if (rounds === 20) firstHeap = liveHeap();
  }
  await serves();
  expect(liveHeap() - (firstHeap ?? 0)).toBeLessThan(leakBytes);
});

test("a frame over the limit is refused with WebSocket's own code for that, 1009, and ends only its own connection", async () => {
  const socket = await openSocket();
  const closed = once(socket, "close") as Promise<[CloseEvent]>;
  socket.send(`42/runner,["run-events","${"x".repeat(MAX_PAYLOAD_BYTES)}"]`);
  expect((await closed)[0].code).toBe(1009);
  await serves();
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  socket.addEventListener("error", () => {});
  await once(socket, "open");
  return socket;
}

/** Resolves when the server has closed it, or has shown that it still reads. */
async function sendNonsense(): Promise<void> {
  const socket = await openSocket();
  const over = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
  for (let frame = random.between(1, 6); frame > 0; frame -= 1) socket.send(nonsenseFrame(random));
  // joining a namespace is answered, unless something before it ended the connection
  const answered = new Promise<void>((resolve) =>
    socket.addEventListener("message", ({ data }) => String(data).startsWith("4") && resolve()),
  );
  socket.send('40/runner,{"runnerId":"nobody"}');
  await Promise.race([over, answered]);
  socket.close();
}

async function serves(): Promise<void> {
  const { command } = await createRun(db, scene);
  await db.$transaction((tx) => sendSignals(tx, [{ kind: "commands", runnerId: scene.runner.id }]));
  let message: Command;
  do ({ message } = await attacker.next<Command>("command"));
  while (message.id !== command.id);
}

/** The answer, or what there was none to. */
function ask(name: string, message: unknown): Promise<unknown> {
  return attacker.ask(name, message).catch(() => ({ unanswered: message }));
}

function isAnswer(answer: unknown): boolean {
  const { v, ok, code, cancel } = answer as { v?: unknown; ok?: unknown; code?: string; cancel?: unknown };
  if (v !== 1) return false;
  if (ok === false) return (errorCodes as readonly string[]).includes(code ?? "") && code !== "INTERNAL";
  return ok === true || Array.isArray(cancel);
}

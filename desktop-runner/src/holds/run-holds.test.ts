import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import type { HoldInput } from "@deskhand/shared/protocol/hold";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type HoldAct, RunHolds } from "./run-holds.ts";

const leaseMs = 30_000;
const runId = randomUUID();
let said: string[];
let acts: HoldAct[];
let required: boolean;
let holds: RunHolds;

beforeEach(() => {
  vi.useFakeTimers();
  [said, acts, required] = [[], [], false];
  holds = new RunHolds({
    worker: {
      onHoldNews: () => {},
      onRecorded: () => {},
      onTrial: () => {},
      has: (id) => id === runId,
      hold: (_, on) => said.push(on ? "taken" : "given back"),
      holdInput: async (_, more) => void acts.push(...more),
    },
    isActive: (id) => id === runId,
    areSignaturesRequired: () => required,
    record: (_, event: RunEvent) => said.push(event.kind),
    tell: () => {},
    tellRecorded: () => {},
    tellTrial: () => {},
    clock: () => 1,
    leaseMs,
  });
});
afterEach(() => vi.useRealTimers());

const say = (holdId: string, seq: number, inputs: HoldInput[], key?: KeyObject) => {
  const text = JSON.stringify({ holdId, seq, inputs });
  return holds.take(runId, text, key && sign(null, Buffer.from(text), key).toString("base64"));
};
const take = (holdId: string, key: string | null = null) => holds.begin({ runId, holdId, key });

it("gives the page to one person at a time, and to the next when it was given back", async () => {
  const [one, two] = [randomUUID(), randomUUID()];
  expect(take(one)).toBeUndefined();
  expect(take(two)).toBe("RUN_HELD");
  expect(take(one)).toBeUndefined();
  expect(await say(two, 1, [{ t: "tap", x: 1, y: 1 }])).toMatchObject({ ok: false, code: "HOLD_OVER" });
  expect(await say(one, 1, [{ t: "tap", x: 1, y: 1 }, { t: "give-back" }])).toMatchObject({ ok: true });
  expect(acts).toEqual([{ t: "tap", x: 1, y: 1 }]);
  expect(take(two)).toBeUndefined();
  expect(said).toEqual(["taken", "held", "given back", "given-back", "taken", "held"]);
});

it("takes the page back from somebody who is gone, and not from one who only looks", async () => {
  const holdId = randomUUID();
  take(holdId);
  for (let seq = 1; seq <= 10; seq++) {
    vi.advanceTimersByTime(leaseMs - 1);
    expect(await say(holdId, seq, [{ t: "keep" }])).toMatchObject({ ok: true });
  }
  vi.advanceTimersByTime(leaseMs);
  expect(said).toEqual(["taken", "held", "given back", "given-back"]);
  expect(await say(holdId, 11, [{ t: "keep" }])).toMatchObject({ code: "HOLD_OVER" });
});

it("does what is repeated once", async () => {
  const holdId = randomUUID();
  take(holdId);
  for (const seq of [1, 1, 2, 1]) expect(await say(holdId, seq, [{ t: "text", text: `${seq}` }])).toMatchObject({ ok: true });
  expect(acts).toEqual([
    { t: "text", text: "1" },
    { t: "text", text: "2" },
  ]);
});

it("takes nothing that the person who was given the page has not signed", async () => {
  required = true;
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const holdId = randomUUID();
  expect(take(holdId)).toBe("HOLD_UNSIGNED");
  expect(take(holdId, publicKey.export({ format: "der", type: "spki" }).toString("base64"))).toBeUndefined();
  const tap: HoldInput = { t: "tap", x: 1, y: 1 };
  expect(await say(holdId, 1, [tap])).toMatchObject({ code: "FORBIDDEN" });
  expect(await say(holdId, 1, [tap], generateKeyPairSync("ed25519").privateKey)).toMatchObject({ code: "FORBIDDEN" });
  expect(acts).toEqual([]);
  expect(await say(holdId, 1, [tap], privateKey)).toMatchObject({ ok: true });
  expect(acts).toEqual([tap]);
});

it("refuses what cannot be read, a key that is none, and a run that is not under way", async () => {
  expect(holds.begin({ runId: randomUUID(), holdId: randomUUID(), key: null })).toBe("RUN_OVER");
  expect(take(randomUUID(), Buffer.from("not a key at all, but long enough to be one").toString("base64"))).toBe("TASK_INVALID");
  const holdId = randomUUID();
  take(holdId);
  expect(await holds.take(runId, "{", undefined)).toMatchObject({ code: "MESSAGE_INVALID" });
  expect(await say(holdId, 1, [{ t: "go", to: "file:///etc/passwd" }])).toMatchObject({ code: "MESSAGE_INVALID" });
});

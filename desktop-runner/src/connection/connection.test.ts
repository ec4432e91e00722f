import type { Welcome } from "@deskhand/shared/protocol/handshake";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type * as z from "zod";
import { maxDelayMs, retryDelayMs } from "./backoff.ts";
import { type Connection, type ConnectionStatus, keepConnected } from "./connection.ts";
import type { Link, LinkEvents } from "./link.ts";

const welcome: Welcome = {
  v: 1,
  protocol: 1,
  maxPayloadBytes: 1,
  eventWindow: 1,
  commandWindow: 1,
  heartbeatMs: 10_000,
  leaseMs: 30_000,
  clock: 0,
};

type Opened = { events: LinkEvents; closed: boolean; answersHeartbeats: boolean; refusesHeartbeats?: boolean };

let opened: Opened[];
let statuses: ConnectionStatus[];
let cancelled: string[];
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  opened = [];
  statuses = [];
  cancelled = [];
  connection = keepConnected({
    open(events) {
      const link: Opened = { events, closed: false, answersHeartbeats: true };
      opened.push(link);
      return {
        request: async (_name: string, _message: object, answer: z.ZodType) => {
          if (!link.answersHeartbeats) throw new Error("no answer");
          if (link.refusesHeartbeats) return answer.parse({ v: 1, ok: false, code: "DATABASE_UNAVAILABLE" });
          return { v: 1, clock: 0, cancel: ["x"] };
        },
        sendVolatile() {},
        on() {},
        close() {
          if (link.closed) return;
          link.closed = true;
          events.closed("closed by the runner");
        },
      } as unknown as Link;
    },
    holding: () => [],
    onConnected() {},
    onDisconnected() {},
    onCancel: (ids) => cancelled.push(...ids),
    onStatus: (status) => statuses.push(status),
    random: () => 1,
  });
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

const last = () => opened.at(-1) as Opened;
const lose = (link = last()) => {
  link.closed = true;
  link.events.closed("lost");
};

it("waits longer after each failure, up to a minute, and never gives up", async () => {
  const waits: number[] = [];
  for (let attempt = 0; attempt < 40; attempt++) {
    lose();
    const status = statuses.at(-1);
    if (status?.state === "offline") waits.push(status.retryInMs);
    await vi.advanceTimersByTimeAsync(maxDelayMs);
  }
  expect(opened).toHaveLength(41);
  expect(waits.slice(0, 9)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
  expect(new Set(waits.slice(8))).toEqual(new Set([60_000]));
});

it("spreads the wait over all of its span", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const delay = retryDelayMs(failures, () => random);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(maxDelayMs);
    }),
  );
  expect(retryDelayMs(5, () => 0)).toBe(0);
});

it("begins anew with short waits only after a heartbeat was answered", async () => {
  for (let attempt = 0; attempt < 5; attempt++) {
    lose();
    await vi.advanceTimersByTimeAsync(maxDelayMs);
  }
  last().answersHeartbeats = false;
  last().events.welcome(welcome);
  lose();
  expect(statuses.at(-1)).toMatchObject({ state: "offline", retryInMs: 8_000 });
  await vi.advanceTimersByTimeAsync(8_000);
  last().events.welcome(welcome);
  await vi.advanceTimersByTimeAsync(0);
  lose();
  expect(statuses.at(-1)).toMatchObject({ state: "offline", retryInMs: 250 });
});

it("opens the new connection before it leaves one that drains", async () => {
  const old = last();
  old.events.welcome(welcome);
  old.events.drain();
  old.events.drain();
  await vi.advanceTimersByTimeAsync(250);
  expect(opened).toHaveLength(2);
  expect(old.closed).toBe(false);
  last().events.welcome(welcome);
  expect(old.closed).toBe(true);
  expect(statuses.map(({ state }) => state)).toEqual(["connecting", "connected", "connected"]);
});

it("keeps a draining connection while the new one cannot be had, and goes on trying", async () => {
  const old = last();
  old.events.welcome(welcome);
  old.events.drain();
  await vi.advanceTimersByTimeAsync(250);
  lose();
  await vi.advanceTimersByTimeAsync(500);
  expect(opened).toHaveLength(3);
  expect(old.closed).toBe(false);
  expect(statuses.at(-1)).toMatchObject({ state: "connected" });
});

it("gives up a connection that looks open but answers no heartbeat", async () => {
  const link = last();
  link.answersHeartbeats = false;
  link.events.welcome(welcome);
  await vi.advanceTimersByTimeAsync(0);
  expect(link.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(250);
  expect(opened).toHaveLength(2);
});

it("keeps a connection whose heartbeats are refused: the server is there, and its database comes back", async () => {
  const link = last();
  link.refusesHeartbeats = true;
  link.events.welcome(welcome);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(link.closed).toBe(false);
  link.refusesHeartbeats = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(cancelled).toEqual(["x"]);
});

it("hears what is to be cancelled with each heartbeat", async () => {
  last().events.welcome(welcome);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(cancelled).toEqual(["x", "x"]);
});

describe("a refusal", () => {
  it("that is final ends the trying", async () => {
    last().events.refused({ v: 1, code: "RUNNER_REVOKED", final: true });
    lose();
    await vi.advanceTimersByTimeAsync(10 * maxDelayMs);
    expect(opened).toHaveLength(1);
    expect(statuses.at(-1)).toEqual({ state: "refused", code: "RUNNER_REVOKED" });
  });

  it("that passes does not", async () => {
    last().events.refused({ v: 1, code: "DATABASE_UNAVAILABLE", final: false });
    lose();
    await vi.advanceTimersByTimeAsync(250);
    expect(opened).toHaveLength(2);
  });
});

it("says that it waits for acceptance, and stays on the same connection", async () => {
  last().events.waiting({ v: 1, status: "pending", fingerprint: "AB" });
  await vi.advanceTimersByTimeAsync(10 * maxDelayMs);
  expect(opened).toHaveLength(1);
  expect(statuses.at(-1)).toEqual({ state: "waiting", fingerprint: "AB" });
  last().events.welcome(welcome);
  expect(statuses.at(-1)).toMatchObject({ state: "connected" });
});

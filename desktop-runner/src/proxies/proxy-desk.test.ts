import { DatabaseSync } from "node:sqlite";
import type { PoolStrategy, ProxyOrder } from "@deskhand/shared/schemas/proxy";
import { proxySecretText } from "@deskhand/shared/schemas/proxy-secret";
import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { beforeEach, describe, expect, it } from "vitest";
import { ProxyDesk } from "./proxy-desk.ts";

/** Stands for age: what is sealed is the text itself, so that the tests see what is opened. */
const endpoint = { host: "proxy.example", port: 1080, username: "ann" };
const sealed = (secret: string, of = endpoint) => proxySecretText(of, secret);
const proxy = (id: string, change: Partial<ProxyOrder> = {}): ProxyOrder => ({
  id,
  revision: 1,
  scheme: "socks5",
  ...endpoint,
  passwordSealed: sealed("p-w"),
  changeUrlSealed: null,
  ...change,
});
const nothing = { proxies: [], pools: [], removed: [] };

let database: DatabaseSync;
let desk: ProxyDesk;
let now: number;
beforeEach(() => {
  now = 1_000_000;
  database = new DatabaseSync(":memory:");
  desk = open();
});

function open(): ProxyDesk {
  return new ProxyDesk({ journal: { database }, unseal: async (text) => text, clock: () => now, random: () => 0 });
}
const take = (runId: string, setting: ProxySetting, profileId = "profile") => desk.take({ runId, profileId, settings: { proxy: setting } });
const ids = async (runId: string, setting: ProxySetting) => {
  const taken = await take(runId, setting);
  return taken.ok ? taken.candidates.map(({ hops }) => hops.map(({ id }) => id).join(">")) : taken.code;
};
const pool = (strategy: PoolStrategy, ...proxyIds: string[]) => {
  desk.configure({ ...nothing, pools: [{ id: "pool", revision: 1, strategy, coolDownSeconds: 60, proxyIds }] });
  return { kind: "pool", poolId: "pool" } as const;
};

describe("a runner's proxies", () => {
  it("are known after a restart, with their passwords opened for a run only", async () => {
    desk.configure({ ...nothing, proxies: [proxy("a"), proxy("b")] });
    desk = open();
    const taken = await take("run", { kind: "chain", proxyIds: ["a", "b"] });
    expect(taken).toMatchObject({ ok: true, candidates: [{ hops: [{ id: "a", password: "p-w" }, { id: "b" }], changeUrl: null }] });
    expect(await ids("run", { kind: "none" })).toEqual([]);
  });

  it("go with a profile to another runner, which seals them to itself, and keeps what it knows better", async () => {
    desk.configure({ ...nothing, proxies: [proxy("a"), proxy("b", { revision: 2 }), proxy("c", { passwordSealed: "of another key" })] });
    const profile = { proxy: pool("sticky-run", "a", "b", "c") };
    const ways = await desk.carry(profile);
    expect(ways.proxies.map(({ id }) => id)).toEqual(["a", "b"]);
    const there = new ProxyDesk({
      journal: { database: new DatabaseSync(":memory:") },
      unseal: async (text) => {
        if (!text.startsWith("own ")) throw new Error("It is sealed to another.");
        return text.slice(4);
      },
      clock: () => now,
    });
    // the server told it of both: of one the secret is not for it, of the other it knows a newer one
    const newer = proxy("b", { revision: 3, passwordSealed: `own ${sealed("newer")}` });
    there.configure({ ...nothing, proxies: [proxy("a"), newer] });
    expect(await there.readable(profile)).toEqual([]);
    await there.takeIn(ways, async (text) => `own ${text}`);
    expect(await there.readable(profile)).toEqual([
      { id: "a", revision: 1 },
      { id: "b", revision: 3 },
    ]);
    expect([await there.hop("a"), await there.hop("b")]).toMatchObject([{ password: "p-w" }, { password: "newer" }]);
  });

  it("keep a secret that is left out, pass over what is old, and forget what is removed", async () => {
    desk.configure({ ...nothing, proxies: [proxy("a", { revision: 2 })] });
    const { passwordSealed: _, ...kept } = proxy("a", { revision: 3, scheme: "http" });
    desk.configure({ ...nothing, proxies: [kept] });
    desk.configure({ ...nothing, proxies: [proxy("a", { revision: 1, scheme: "socks4" })] });
    expect(await desk.hop("a")).toMatchObject({ scheme: "http", password: "p-w" });
    desk.configure({ ...nothing, removed: ["a"] });
    expect(await ids("run", { kind: "proxy", proxyId: "a" })).toBe("PROXY_MISSING");
  });

  it("do not say a password to another host than it was sealed for, whoever asks", async () => {
    desk.configure({ ...nothing, proxies: [proxy("a", { host: "evil.example" })] });
    expect(await ids("run", { kind: "proxy", proxyId: "a" })).toBe("PROXY_MISSING");
    expect(await desk.hop("a")).toBeUndefined();
  });
});

describe("a pool's proxies", () => {
  beforeEach(() => desk.configure({ ...nothing, proxies: [proxy("a"), proxy("b")] }));

  it("are left alone for a while after they failed, and then had again", async () => {
    const setting = pool("failover", "a", "b");
    expect(await ids("one", setting)).toEqual(["a", "b"]);
    desk.noteFailed("one", "a");
    desk.release("one");
    expect(await ids("two", setting)).toEqual(["b", "a"]);
    now += 60_000;
    expect(await ids("three", setting)).toEqual(["a", "b"]);
  });

  it("that cannot be read here are passed over by every strategy, and end the run only when there is no other", async () => {
    desk.configure({ ...nothing, proxies: [proxy("x", { passwordSealed: "sealed to another runner" })] });
    expect(await ids("1", pool("failover", "a", "x", "unknown"))).toEqual(["a"]);
    desk.release("1");
    for (const strategy of ["random", "round-robin", "sticky-profile", "sticky-run"] as const) {
      const setting = { kind: "pool", poolId: strategy } as const;
      desk.configure({
        ...nothing,
        pools: [{ id: strategy, revision: 1, strategy, coolDownSeconds: 60, proxyIds: ["x", "unknown", "b"] }],
      });
      for (const run of ["2", "3", "4"]) expect(await ids(run, setting), strategy).toEqual(["b"]);
    }
    const alone = { kind: "pool", poolId: "alone" } as const;
    desk.configure({ ...nothing, pools: [{ id: "alone", revision: 1, strategy: "random", coolDownSeconds: 60, proxyIds: ["x"] }] });
    expect(await take("5", alone)).toEqual({ ok: false, code: "PROXY_MISSING", reason: "its password is not sealed to this runner" });
  });

  it("are not had where the runner was never told of the pool, and the end says so", async () => {
    expect(await take("1", { kind: "pool", poolId: "of-before" })).toEqual({ ok: false, code: "POOL_MISSING" });
  });

  it("take turns, also over a restart", async () => {
    const setting = pool("round-robin", "a", "b");
    expect([await ids("1", setting), await ids("2", setting)]).toEqual([["a"], ["b"]]);
    desk = open();
    expect(await ids("3", setting)).toEqual(["a"]);
  });
});

describe("a proxy that changes its exit", () => {
  const setting = { kind: "proxy", proxyId: "a" } as const;
  beforeEach(() => desk.configure({ ...nothing, proxies: [proxy("a", { changeUrlSealed: sealed("https://change.example/?key=1") })] }));

  it("is one run's at a time, in the order in which they came", async () => {
    expect(await take("one", setting)).toMatchObject({ ok: true, candidates: [{ changeUrl: "https://change.example/?key=1" }] });
    const order: string[] = [];
    const waiting = ["two", "three"].map((runId) => take(runId, setting).then(() => order.push(runId)));
    desk.release("one");
    await waiting[0];
    expect(order).toEqual(["two"]);
    desk.release("two");
    await waiting[1];
    expect(order).toEqual(["two", "three"]);
  });

  it("is not waited for by a run that ended meanwhile, nor held by it", async () => {
    await take("one", setting);
    const ended = take("two", setting);
    desk.release("two");
    await ended;
    desk.release("two");
    desk.release("one");
    expect(await ids("three", setting)).toEqual(["a"]);
  });
});

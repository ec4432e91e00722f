import type { PoolOrder, PoolStrategy } from "@deskhand/shared/schemas/proxy";
import { describe, expect, it } from "vitest";
import { chooseProxies } from "./choose-proxy.ts";

const pool = (strategy: PoolStrategy): PoolOrder => ({ id: "pool", revision: 1, strategy, coolDownSeconds: 60, proxyIds: ["a", "b", "c"] });
const cooling = (until: Record<string, number>) => (id: string) => until[id] ?? 0;

function choose(strategy: PoolStrategy, choice: Partial<Parameters<typeof chooseProxies>[1]> = {}): string[] {
  return chooseProxies(pool(strategy), {
    profileId: "p",
    runId: "r",
    turn: 0,
    coolingUntil: () => 0,
    now: 1000,
    random: () => 0,
    ...choice,
  });
}

describe("a pool", () => {
  it("takes turns, and passes over what cools down without shifting the others", () => {
    expect([0, 1, 2, 3].map((turn) => choose("round-robin", { turn })[0])).toEqual(["a", "b", "c", "a"]);
    const coolingUntil = cooling({ b: 2000 });
    expect([0, 1, 2].map((turn) => choose("round-robin", { turn, coolingUntil })[0])).toEqual(["a", "c", "c"]);
  });

  it("keeps a profile's proxy, gives it another only while it cools down, and shares profiles out", () => {
    const of = (profileId: string, options = {}) => choose("sticky-profile", { profileId, runId: String(Math.random()), ...options })[0];
    const first = of("profile 1") ?? "";
    expect(of("profile 1")).toBe(first);
    const coolingUntil = cooling({ [first]: 2000 });
    expect(of("profile 1", { coolingUntil })).not.toBe(first);
    expect(of("profile 1", { coolingUntil, now: 2000 })).toBe(first);
    expect(new Set(Array.from({ length: 40 }, (_, index) => of(`profile ${index}`)))).toEqual(new Set(["a", "b", "c"]));
  });

  it("keeps a run's proxy, also when it is asked again", () => {
    expect(choose("sticky-run", { runId: "x", profileId: "1" })).toEqual(choose("sticky-run", { runId: "x", profileId: "2" }));
  });

  it("chooses by chance", () => {
    expect([0, 0.4, 0.99].map((chance) => choose("random", { random: () => chance })[0])).toEqual(["a", "b", "c"]);
  });

  it("falls over in its order, to those that cool down last of all", () => {
    expect(choose("failover")).toEqual(["a", "b", "c"]);
    expect(choose("failover", { coolingUntil: cooling({ a: 3000, b: 2000 }) })).toEqual(["c", "b", "a"]);
  });

  it("does not stop when all cool down", () => {
    expect(choose("round-robin", { coolingUntil: cooling({ a: 3000, b: 2000, c: 4000 }) })).toEqual(["b"]);
  });
});

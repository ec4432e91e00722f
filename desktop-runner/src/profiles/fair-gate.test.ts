import { expect, test } from "vitest";
import { FairGate } from "./fair-gate.ts";

test("so many are inside at once, and the few of one key do not wait for the many of another", async () => {
  const gate = new FairGate(2);
  const order: string[] = [];
  let inside = 0;
  let most = 0;
  const enter = (key: string) =>
    gate.through(key, async () => {
      most = Math.max(most, ++inside);
      order.push(key);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    });
  await Promise.all([...Array.from({ length: 10 }, () => enter("many")), enter("few"), enter("few")]);
  expect(most).toBe(2);
  expect(order).toHaveLength(12);
  expect(order.slice(0, 6).filter((key) => key === "few")).toHaveLength(2);
});

test("one that fails leaves its place", async () => {
  const gate = new FairGate(1);
  await expect(gate.through("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await gate.through("b", async () => 1)).toBe(1);
});

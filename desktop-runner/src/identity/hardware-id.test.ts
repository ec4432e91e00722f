import { expect, it } from "vitest";
import { readHardwareId } from "./hardware-id.ts";

it("names this computer the same each time, and differently for each runner", async () => {
  const [first, again, other] = await Promise.all(["a", "a", "b"].map(readHardwareId));
  // a computer without a machine id (some containers) has no name
  expect(first === null || /^[0-9a-f]{64}$/.test(first ?? "")).toBe(true);
  expect(again).toBe(first);
  if (first !== null) expect(other).not.toBe(first);
});

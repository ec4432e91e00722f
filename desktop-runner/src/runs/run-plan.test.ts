import { expect, test } from "vitest";
import { RunPlan } from "./run-plan.ts";

const command = (profileId: string, kind: "run.start" | "profile.delete" = "run.start") => ({ kind, profileId, startBy: 1_000 }) as never;
const active = (profileId: string, closing = false) => ({ profileId, closing });

test("no more runs start than may be under way at once", () => {
  const plan = new RunPlan(2, [active("a")], 0);
  expect(["b", "c"].map((id) => plan.decide(command(id)))).toEqual(["start", "wait"]);
});

test("a run that only writes down what it leaves behind makes room for the next one, but not on its own profile", () => {
  const plan = new RunPlan(1, [active("a", true)], 0);
  expect(["a", "b", "c"].map((id) => plan.decide(command(id)))).toEqual(["wait", "start", "wait"]);
});

test("as many runs as may be under way at once may be closing besides; more of them hold up the next", () => {
  const closing = [active("a", true), active("b", true)];
  expect(new RunPlan(1, closing, 0).decide(command("c"))).toBe("wait");
  expect(new RunPlan(2, closing, 0).decide(command("c"))).toBe("start");
});

test("what waits too long expires, and nothing overtakes what waits on its profile", () => {
  expect(new RunPlan(1, [], 2_000).decide(command("a"))).toBe("expire");
  const plan = new RunPlan(1, [active("a")], 0);
  expect([plan.decide(command("b")), plan.decide(command("b", "profile.delete"))]).toEqual(["wait", "wait"]);
});

test("no run starts while the policy holds runs back; other commands do, and the end of quiet hours is looked for", () => {
  const paused = new RunPlan(2, [], 0, { state: "paused", by: "device" });
  expect([paused.decide(command("a")), paused.decide(command("b", "profile.delete")), paused.nextLook]).toEqual(["wait", "start", 1_000]);
  const quiet = new RunPlan(2, [], 0, { state: "quiet", until: 500 });
  expect([quiet.nextLook, quiet.decide(command("a")), quiet.nextLook]).toEqual([undefined, "wait", 500]);
  expect(new RunPlan(2, [], 2_000, { state: "paused", by: "device" }).decide(command("a"))).toBe("expire");
});

import { expect, test } from "vitest";
import { RunPlan } from "./run-plan.ts";
import type { Place } from "./worker-events.ts";

const command = (profileId: string, kind: "run.start" | "profile.delete" | "profile.close" = "run.start") =>
  ({ kind, profileId, startBy: 1_000 }) as never;
const active = (profileId: string, place: Place = "taken") => ({ profileId, place });

test("no more runs start than may be under way at once", () => {
  const plan = new RunPlan(2, [active("a")], 0);
  expect(["b", "c"].map((id) => plan.decide(command(id)))).toEqual(["start", "wait"]);
});

test("a run that only writes down what it leaves behind makes room for the next one, but not on its own profile", () => {
  const plan = new RunPlan(1, [active("a", "leaving")], 0);
  expect(["a", "b", "c"].map((id) => plan.decide(command(id)))).toEqual(["wait", "start", "wait"]);
});

test("runs that wait for a person hold up nobody but their own profile's next", () => {
  const waiting = ["a", "b", "c"].map((profileId) => active(profileId, "none"));
  expect(new RunPlan(1, waiting, 0).decide(command("d"))).toBe("start");
  expect(new RunPlan(1, waiting, 0).decide(command("a"))).toBe("wait");
  expect(new RunPlan(1, [...waiting, active("d")], 0).decide(command("e"))).toBe("wait");
});

test("as many runs as may be under way at once may be closing besides; more of them hold up the next", () => {
  const closing = [active("a", "leaving"), active("b", "leaving")];
  expect(new RunPlan(1, closing, 0).decide(command("c"))).toBe("wait");
  expect(new RunPlan(2, closing, 0).decide(command("c"))).toBe("start");
});

test("what waits too long expires, and nothing overtakes what waits on its profile", () => {
  expect(new RunPlan(1, [], 2_000).decide(command("a"))).toBe("expire");
  const plan = new RunPlan(1, [active("a")], 0);
  expect([plan.decide(command("b")), plan.decide(command("b", "profile.delete"))]).toEqual(["wait", "wait"]);
});

test("a run waits for a profile that somebody has open, and what closes it goes past", () => {
  const plan = new RunPlan(2, [], 0, { state: "ready" }, [], new Set(["a"]));
  const asked = [command("a"), command("b"), command("a", "profile.delete"), command("a", "profile.close"), command("a", "profile.close")];
  expect(asked.map((one) => plan.decide(one))).toEqual(["wait", "start", "wait", "start", "wait"]);
  expect(plan.nextLook).toBe(1_000);
  // nothing is closed while it is opened or a run is on it
  expect(new RunPlan(2, [active("a")], 0).decide(command("a", "profile.close"))).toBe("wait");
});

test("no run starts while the policy holds runs back; other commands do, and the end of quiet hours is looked for", () => {
  const paused = new RunPlan(2, [], 0, { state: "paused", by: "device" });
  expect([paused.decide(command("a")), paused.decide(command("b", "profile.delete")), paused.nextLook]).toEqual(["wait", "start", 1_000]);
  const quiet = new RunPlan(2, [], 0, { state: "quiet", until: 500 });
  expect([quiet.nextLook, quiet.decide(command("a")), quiet.nextLook]).toEqual([undefined, "wait", 500]);
  expect(new RunPlan(2, [], 2_000, { state: "paused", by: "device" }).decide(command("a"))).toBe("expire");
});

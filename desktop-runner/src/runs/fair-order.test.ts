import { expect, test } from "vitest";
import { fairOrder } from "./fair-order.ts";

/** "A1" is the first run of deployment A, on the profile "p-A1"; a lower-case letter is a task. */
const command = (id: string, profileId = `p-${id}`) => {
  const isTask = /^[a-z]/.test(id);
  return { id, profileId, runId: isTask ? null : id, fairKey: isTask ? "" : (id[0] as string) };
};
const order = (commands: ReturnType<typeof command>[], underWay: string[] = []) =>
  fairOrder(commands, underWay, ({ id }) => id.startsWith("barrier"))
    .map(({ id }) => id)
    .join(" ");
const all = (...ids: string[]) => ids.map((id) => command(id));

test("one run of each deployment in turn, each deployment's in the order they came", () => {
  expect(order(all("A1", "A2", "A3", "A4", "B1", "B2", "C1"))).toBe("A1 B1 C1 A2 B2 A3 A4");
});

test("a deployment that has runs under way waits for those that have fewer", () => {
  expect(order(all("A1", "A2", "B1", "B2"), ["A", "A"])).toBe("B1 B2 A1 A2");
});

test("on one profile nothing overtakes, also not a task", () => {
  const first = [command("A1"), command("A2"), command("A3", "same"), command("B1", "same"), command("delete", "same"), command("B2")];
  expect(order(first)).toBe("A1 A2 B2 A3 B1 delete");
  expect(order([command("import", "same"), command("A1", "same"), command("B1")])).toBe("import A1 B1");
});

test("what came after a barrier stays behind it", () => {
  expect(order(all("A1", "A2", "barrier", "B1", "A3"))).toBe("A1 A2 barrier B1 A3");
});

test("five thousand are put in order at once", () => {
  const many = Array.from({ length: 5_000 }, (_, index) => command(`${String.fromCharCode(65 + (index % 3))}${index}`));
  expect(order(many).split(" ").slice(0, 3)).toEqual(["A0", "B1", "C2"]);
});

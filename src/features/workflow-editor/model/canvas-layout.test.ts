import { everyBlock } from "@deskhand/shared/schemas/testing/every-block";
import { describe, expect, it } from "vitest";
import { type Box, landingAt, layOut } from "./canvas-layout.ts";
import { listNames, nodeOf, readDocument } from "./document.ts";

const wait = (ms: number) => ({ type: "customStep", name: "deskhand.wait", parameters: { for: "time", ms } });
const condition = { kind: "url", operator: "contains", value: "/" };
const sample = readDocument({
  title: "Sample",
  steps: [wait(1), { type: "customStep", name: "deskhand.if", parameters: { condition, steps: [wait(2), wait(3)], else: [] } }, wait(4)],
});

const inside = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const apart = (a: Box, b: Box) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

describe("the canvas", () => {
  it("keeps steps inside of their blocks and apart from each other, in reading order", () => {
    const document = readDocument(everyBlock);
    const { nodes } = layOut(document);
    expect(nodes).toHaveLength(Object.keys(document.nodes).length);
    for (const [index, node] of nodes.entries()) {
      const around = nodes.find(({ id }) => id === node.parent);
      if (around) expect(inside(node, around), node.id).toBe(true);
      for (const other of nodes.slice(index + 1)) {
        if (other.parent === node.parent) expect(apart(node, other), `${node.id} ${other.id}`).toBe(true);
      }
    }
  });

  it("has a lane for each list of each block, also for those that are empty or not there yet", () => {
    const { lanes, nodes } = layOut(sample);
    expect(lanes.map(({ parent, list }) => [parent, list])).toEqual([
      [null, "steps"],
      ["s2", "steps"],
      ["s2", "else"],
    ]);
    expect(nodes.filter(({ isBlock }) => isBlock).map(({ id }) => listNames(nodeOf(sample, id).step))).toEqual([["steps", "else"]]);
  });

  it("lands what is dropped in the innermost list, before the first step whose middle is below", () => {
    const layout = layOut(sample);
    const box = (id: string) => layout.nodes.find((node) => node.id === id) as Box;
    const at = (id: string, dy: number) => landingAt(layout, { x: box(id).x + 5, y: box(id).y + dy })?.place;
    expect(at("s1", 1)).toEqual({ parent: null, list: "steps", index: 0 });
    expect(at("s1", 59)).toEqual({ parent: null, list: "steps", index: 1 });
    expect(at("s4", 1)).toEqual({ parent: "s2", list: "steps", index: 1 });
    expect(at("s4", 70)).toEqual({ parent: "s2", list: "steps", index: 2 });
    const other = layout.lanes[2] as Box;
    expect(landingAt(layout, { x: other.x + 9, y: other.y + 9 })?.place).toEqual({ parent: "s2", list: "else", index: 0 });
    expect(landingAt(layout, { x: other.x + 9, y: other.y + 9 }, new Set(["s2"]))?.place.parent).toBeNull();
    expect(landingAt(layout, { x: -900, y: 9000 })?.place).toEqual({ parent: null, list: "steps", index: 3 });
  });
});

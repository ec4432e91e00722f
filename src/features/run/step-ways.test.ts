import { expect, it } from "vitest";
import { earlier, waysOf, wayWords, withWays } from "./step-ways.ts";

const click = JSON.stringify({ type: "click", selectors: ["aria/Go", ["my-card", "#go"], "#go"], offsetX: 1, offsetY: 1 });
const read = JSON.stringify({
  type: "customStep",
  name: "deskhand.extract",
  parameters: { kind: "text", key: "a", selectors: ["h1", "h2"] },
});

it("reads the ways of any step that has some, and of nothing else", () => {
  expect(waysOf(click).map(wayWords)).toEqual(["aria/Go", "my-card › #go", "#go"]);
  expect(waysOf(read)).toEqual(["h1", "h2"]);
  expect(["{", "null", "[]", '{"type":"close"}', '{"type":"customStep"}', '{"selectors":"#a"}'].map(waysOf)).toEqual(Array(6).fill([]));
});

it("puts a way before another or takes it out, and leaves the rest of the step as it was", () => {
  const moved = withWays(click, earlier(waysOf(click), 2));
  expect(waysOf(moved)).toEqual(["aria/Go", "#go", ["my-card", "#go"]]);
  expect(JSON.parse(moved)).toEqual({ ...JSON.parse(click), selectors: waysOf(moved) });
  expect(JSON.parse(withWays(read, ["h2"])).parameters).toEqual({ kind: "text", key: "a", selectors: ["h2"] });
  expect(earlier(["a", "b"], 0)).toEqual(["a", "b"]);
  expect(withWays("{", ["h2"])).toBe("{");
});

import { describe, expect, it } from "vitest";
import { shapeOf } from "./result-shape.ts";

describe("result data", () => {
  it("is a table when it is rows of plain values", () => {
    expect(shapeOf([{ name: "A", price: 1 }, { name: "B" }])).toEqual({
      kind: "table",
      columns: ["name", "price"],
      rows: [
        ["A", "1"],
        ["B", ""],
      ],
    });
    expect(shapeOf([["A", 1]])).toMatchObject({ kind: "table", columns: ["1", "2"] });
  });
  it("is a list, a value or a tree otherwise", () => {
    expect(shapeOf(["a", "b"]).kind).toBe("list");
    expect(shapeOf("a")).toEqual({ kind: "value", text: "a" });
    expect(shapeOf({ a: { b: 1 } }).kind).toBe("tree");
  });
});

import { describe, expect, it } from "vitest";
import { triggerInputs } from "../schemas/schedule.ts";
import { checkTriggerValues, readTriggerValues } from "./trigger-values.ts";

const declared = {
  properties: {
    word: { type: "string" as const },
    count: { type: "integer" as const, maximum: 5 },
    key: { type: "string" as const, writeOnly: true },
  },
};

describe("values that a trigger brings", () => {
  it("are found by their paths; what is not there, or is null, is left as it was", () => {
    const brought = { order: { items: [{ name: "tea" }] }, count: 2, none: null };
    expect(readTriggerValues(declared, { word: "order.items[0].name", count: "count" }, brought)).toEqual({
      ok: true,
      values: { word: "tea", count: 2 },
    });
    for (const path of ["order.items[1].name", "none", "order.items[0].name.length", "constructor", "order.__proto__", "x[0]"]) {
      expect(readTriggerValues(declared, { word: path }, brought)).toEqual({ ok: true, values: {} });
    }
    expect(readTriggerValues(declared, { word: "a" }, "no object")).toEqual({ ok: true, values: {} });
  });

  it("have to be plain, to fit their declaration, and to be allowed; no message holds one", () => {
    expect(readTriggerValues(declared, { word: "a" }, { a: { b: "s3cret" } })).toMatchObject({ ok: false, field: "word" });
    const wrong = readTriggerValues(declared, { count: "a" }, { a: 9 });
    expect(wrong).toMatchObject({ ok: false, field: "count" });
    expect(readTriggerValues(declared, { key: "a" }, { a: "s3cret" })).toMatchObject({
      ok: false,
      message: expect.not.stringContaining("s3cret"),
    });
    expect(checkTriggerValues(declared, { word: "a" }, { count: 1 })).toMatchObject({ field: "count" });
    expect(checkTriggerValues(undefined, { word: "a" }, { word: "x" })).toMatchObject({ field: "word" });
  });

  it("stand at paths that can be read", () => {
    for (const path of ["a", "a.b", "a[0].b[12]", "größe"]) expect(triggerInputs.safeParse({ word: path }).success, path).toBe(true);
    for (const path of ["", ".a", "a.", "a[", "a[x]", "a b", "[0]", "a..b"])
      expect(triggerInputs.safeParse({ word: path }).success, path).toBe(false);
    expect(triggerInputs.safeParse({ "not a name": "a" }).success).toBe(false);
  });
});

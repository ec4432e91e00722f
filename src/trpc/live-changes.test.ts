import { describe, expect, it } from "vitest";
import { isAffected } from "./live-changes.ts";

describe("a live change", () => {
  it("asks again for the lists and rows that show what changed", () => {
    const change = { topic: "run", id: "a" } as const;
    for (const path of [
      ["run", "list"],
      ["profile", "list"],
      ["runner", "list"],
      ["workflow", "get"],
      ["deployment", "get"],
    ]) {
      expect(isAffected(change, [path, { type: "query" }]), path.join(".")).toBe(true);
    }
    expect(isAffected(change, [["apiKey", "list"]])).toBe(false);
  });

  it("leaves another run's page alone", () => {
    expect(isAffected({ topic: "run", id: "a" }, [["run", "get"], { input: { id: "a" } }])).toBe(true);
    expect(isAffected({ topic: "run", id: "a" }, [["run", "get"], { input: { id: "b" } }])).toBe(false);
    expect(isAffected({ topic: "profile", id: "p" }, [["run", "get"], { input: { id: "b" } }])).toBe(true);
    expect(isAffected({ topic: "profile", id: "p" }, [["run", "list"], { input: {} }])).toBe(false);
  });

  it("never asks a runner for its log again", () => {
    expect(isAffected({ topic: "run", id: "a" }, [["run", "log"], { input: { id: "a" } }])).toBe(false);
  });
});

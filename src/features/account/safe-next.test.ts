import { describe, expect, it } from "vitest";
import { safeNext } from "./safe-next.ts";

describe("the page after signing in", () => {
  it("is the one that was asked for", () => {
    expect(safeNext("/dashboard/runs?state=failed#x")).toBe("/dashboard/runs?state=failed#x");
  });

  it.each([
    undefined,
    "",
    "https://evil.example",
    "//evil.example/dashboard",
    "/\\evil.example",
    "/sign-in",
    "/dashboardx",
    "javascript:alert(1)",
  ])("is the dashboard when %j was asked for", (next) => {
    expect(safeNext(next)).toBe("/dashboard");
  });
});

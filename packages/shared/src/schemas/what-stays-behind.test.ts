import { expect, test } from "vitest";
import { needsConversion, whatStaysBehind } from "./what-stays-behind.ts";

test("nothing stays behind on the way to a folder of its own; what only the folder holds stays on the way back", () => {
  expect(whatStaysBehind("shared", "dedicated", ["crypto-key"])).toEqual([]);
  expect(whatStaysBehind("dedicated", "dedicated", ["crypto-key"])).toEqual([]);
  expect(whatStaysBehind("dedicated", "shared", ["service-worker", "state-restored"])).toEqual([
    "service-worker",
    "framed-storage",
    "http-cache",
    "extensions",
  ]);
});

test("what a folder of its own holds has to be brought over first", () => {
  expect([needsConversion("dedicated", "shared"), needsConversion("shared", "dedicated"), needsConversion("shared", "shared")]).toEqual([
    true,
    false,
    false,
  ]);
});

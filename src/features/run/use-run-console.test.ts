import type { LogLine } from "@deskhand/shared/schemas/run";
import { expect, it } from "vitest";
import { countErrors, errorCount } from "./use-run-console.ts";

it("errors are counted, without warnings, of all steps or of some", () => {
  const line = (level: LogLine["level"], step: number | null): LogLine => ({ seq: 1, at: "", step, level, message: "" });
  const lines = [line("error", 2), line("warn", 2), line("error", null), line("error", 3), line("info", 3)];
  expect([countErrors(lines), countErrors(lines, new Set([2])), countErrors(lines, new Set([5]))]).toEqual([3, 1, 0]);
  expect([errorCount(1), errorCount(1_200)]).toEqual(["1 error", "1,200 errors"]);
});

import { expect, it } from "vitest";
import { readConsole } from "./console-lines.ts";

it("what pages wrote to their console is read line by line, with problems as such", () => {
  const line = (level: string, text: string, step: number | null = 2) => JSON.stringify({ at: 0, step, level, text });
  const file = [line("log", "a"), line("error", "b"), line("warning", "c", null), line("verbose", "d"), '{"at":1', ""].join("\n");
  const { lines, isCut } = readConsole(file);
  expect(lines.map(({ seq, step, level, message }) => [seq, step, level, message])).toEqual([
    [1, 2, "info", "a"],
    [2, 2, "error", "b"],
    [3, null, "warn", "c"],
    [4, 2, "info", "d"],
  ]);
  expect(lines[0]?.at).toBe("1970-01-01T00:00:00.000Z");
  expect(isCut).toBe(false);
  expect(readConsole("x".repeat(300_000))).toEqual({ lines: [], isCut: true });
});

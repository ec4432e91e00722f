import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LogLine } from "@deskhand/shared/schemas/run";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ConsoleTail } from "./console-tail.ts";
import { RunLogs } from "./run-log.ts";

let folder: string;
let logs: RunLogs;
let tail: ConsoleTail;
let shown: LogLine[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-console-"));
  logs = new RunLogs(folder);
  shown = [];
  tail = new ConsoleTail(
    (runId) => logs.consoleFile(runId),
    (_, lines) => shown.push(...lines),
  );
  mkdirSync(path.join(folder, "run"));
});
afterEach(() => {
  tail.set("run", false);
  rmSync(folder, { recursive: true });
});

const line = (text: string, level = "log") => `${JSON.stringify({ at: 0, step: 1, level, text })}\n`;
const write = (text: string | Buffer) => appendFileSync(logs.consoleFile("run"), text);
const messages = () => shown.map(({ seq, message }) => [seq, message]);

it("shows what is written while somebody looks, whole lines only, with the numbers that a reader gets", async () => {
  tail.set("run", true);
  // cut in the middle of a letter of two bytes
  const bytes = Buffer.from(line("größe", "warning"));
  const cut = bytes.indexOf(0xc3) + 1;
  write(Buffer.concat([Buffer.from(line("first")), bytes.subarray(0, cut)]));
  await vi.waitFor(() => expect(messages()).toEqual([[1, "first"]]), 5_000);
  write(bytes.subarray(cut));
  write("no line of a console\n");
  write(line("third"));
  await vi.waitFor(
    () =>
      expect(messages()).toEqual([
        [1, "first"],
        [2, "größe"],
        [4, "third"],
      ]),
    5_000,
  );
  expect(await logs.readConsole("run", 0)).toEqual({ lines: shown, more: false });
  expect((await logs.readConsole("run", 2)).lines).toMatchObject([{ seq: 4, message: "third", step: 1, level: "info" }]);
  expect(await logs.readConsole("another", 0)).toEqual({ lines: [], more: false });
});

it("shows nothing of a run that nobody looks at any more", async () => {
  write(line("before"));
  tail.set("run", true);
  await vi.waitFor(() => expect(messages()).toEqual([[1, "before"]]), 5_000);
  tail.set("run", false);
  write(line("unseen"));
  mkdirSync(path.join(folder, "other"));
  appendFileSync(logs.consoleFile("other"), line("seen"));
  tail.set("other", true);
  await vi.waitFor(() =>
    expect(messages()).toEqual([
      [1, "before"],
      [1, "seen"],
    ]),
  );
  tail.set("other", false);
});

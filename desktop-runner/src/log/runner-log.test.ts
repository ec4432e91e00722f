import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type RunnerHome, runnerHome } from "../identity/home.ts";
import { RunnerLog } from "./runner-log.ts";

let home: RunnerHome;
beforeEach(() => {
  home = runnerHome({ DESKHAND_HOME: mkdtempSync(path.join(tmpdir(), "deskhand-log-")) });
});
afterEach(() => rmSync(home.folder, { recursive: true, force: true }));

const messages = (log: RunnerLog, after = 0, limit = 500) => log.read(after, limit).map(({ message }) => message);

it("is read after the runner that wrote it has ended, and goes on in the same count", () => {
  new RunnerLog(home).add("info", "first");
  appendFileSync(home.logFile, '{"seq":2,"at":"cut off');
  appendFileSync(home.logFile, "\n");
  const log = new RunnerLog(home);
  log.add("warn", "second");
  expect(log.read(0, 10)).toMatchObject([
    { seq: 1, level: "info", message: "first" },
    { seq: 2, level: "warn", message: "second" },
  ]);
  expect(messages(log, 1)).toEqual(["second"]);
  expect(messages(log, 2)).toEqual([]);
  expect(statSync(home.logFile).mode & 0o777).toBe(0o600);
});

it("is bounded: the newest lines stay, across the change of files", () => {
  const log = new RunnerLog(home);
  for (let line = 1; line <= 1_500; line++) log.add("info", `${line} ${"x".repeat(950)}`);
  expect(statSync(home.logFile).size + statSync(home.previousLogFile).size).toBeLessThan(1_100_000);
  const read = messages(log);
  expect(read).toHaveLength(500);
  expect([read[0], read.at(-1)].map((text) => text?.split(" ")[0])).toEqual(["1001", "1500"]);
});

it("keeps the runner going when it cannot be written", () => {
  const nowhere = new RunnerLog(runnerHome({ DESKHAND_HOME: path.join(home.folder, "no", "such") }));
  expect(() => nowhere.add("info", "lost")).not.toThrow();
  expect(nowhere.read(0, 10)).toEqual([]);
});

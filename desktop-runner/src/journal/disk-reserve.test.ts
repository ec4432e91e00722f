import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EventWriter } from "../runs/event-writer.ts";
import { DiskReserve } from "./disk-reserve.ts";
import type { Journal } from "./journal.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-reserve-"));
  file = path.join(folder, "reserve");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("takes room on the disk, gives it up once, and takes it again", () => {
  const reserve = new DiskReserve(file);
  expect(reserve.giveUp()).toBe(false);
  for (let turn = 0; turn < 2; turn += 1) {
    reserve.hold();
    expect(statSync(file).size).toBe(1024 * 1024);
    expect([reserve.giveUp(), reserve.giveUp()]).toEqual([true, false]);
    expect(existsSync(file)).toBe(false);
  }
});

it("does not stop a runner whose folder cannot be written", () => {
  new DiskReserve(path.join(folder, "missing", "reserve")).hold();
});

it("lets the end of a run be written at once that had no room, after what waits, and nothing else", () => {
  const reserve = new DiskReserve(file);
  reserve.hold();
  const written: unknown[] = [];
  const append = (entries: unknown[]) => {
    if (existsSync(file)) throw Object.assign(new Error("full"), { errcode: 13 });
    written.push(...entries);
  };
  const writer = new EventWriter({ append } as unknown as Journal, { onWritten() {}, onFull() {}, makeRoom: () => reserve.giveUp() });
  const events: RunEvent[] = [
    { kind: "started", at: 1 },
    { kind: "finished", at: 2, state: "failed", failureCode: "RUNNER_DISK_FULL", failureStep: 0 },
  ];
  const outcomes = events.map((event) => {
    writer.add("run", event);
    return writer.flush();
  });
  expect(outcomes).toEqual([false, true]);
  expect(written).toEqual(events.map((event) => ({ runId: "run", event })));
});

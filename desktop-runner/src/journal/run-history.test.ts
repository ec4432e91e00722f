import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runStart } from "../connection/testing/fake-relay.ts";
import { Journal } from "./journal.ts";
import { listRuns, nameOfRun } from "./run-history.ts";

const finished: RunEvent = { kind: "finished", at: 20, state: "succeeded", failureCode: null, failureStep: null };

let folder: string;
let opened: Journal[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-history-"));
  opened = [];
});
afterEach(() => {
  for (const journal of opened) journal.close();
  rmSync(folder, { recursive: true });
});

function open(): Journal {
  const journal = new Journal(path.join(folder, "journal.db"));
  opened.push(journal);
  return journal;
}

it("goes on with a journal that an older version wrote, whose runs have no names", () => {
  const journal = open();
  const command = runStart();
  journal.accept(command);
  journal.database.exec("drop table run_names; pragma user_version = 3");
  journal.close();
  const next = open();
  expect(listRuns(next, 10)).toMatchObject([{ runId: command.payload.runId, workflow: "", profile: "", state: "accepted" }]);
  const named = runStart({ title: "Orders" });
  next.accept(named);
  expect(nameOfRun(next, named.payload.runId)).toEqual({ workflow: "Orders", profile: "" });
});

it("lists what is under way, then what waits, then what ended, the newest first", () => {
  const journal = open();
  const commands = Array.from({ length: 5 }, () => runStart());
  const ids = commands.map(({ payload }) => payload.runId);
  for (const { payload, ...command } of commands)
    journal.accept({ ...command, payload: { ...payload, names: { workflow: "W", profile: "P" } } });
  for (const index of [0, 1]) {
    journal.markRunning(commands[index]?.id ?? "");
    journal.append([
      { runId: ids[index] ?? "", event: { kind: "started", at: 10 } },
      { runId: ids[index] ?? "", event: finished },
    ]);
  }
  journal.markRunning(commands[3]?.id ?? "");
  const listed = listRuns(journal, 10);
  expect(listed.map(({ runId }) => ids.indexOf(runId))).toEqual([3, 2, 4, 1, 0]);
  expect(listed.at(-1)).toMatchObject({ workflow: "W", profile: "P", startedAt: 10, endedAt: expect.any(Number) });
  expect(listRuns(journal, 1).map(({ runId }) => ids.indexOf(runId))).toEqual([3, 2, 1]);
});

it("forgets the names of the runs that the journal forgets", () => {
  const journal = open();
  const command = runStart();
  const { runId } = command.payload;
  journal.accept(command);
  journal.append([{ runId, event: finished }]);
  journal.acknowledge(runId, 1);
  expect(journal.prune(Date.now() + 1_000, 10)).toBe(1);
  expect(nameOfRun(journal, runId)).toEqual({ workflow: "", profile: "" });
});

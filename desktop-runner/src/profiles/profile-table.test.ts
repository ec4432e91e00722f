import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Journal } from "../journal/journal.ts";
import { ProfileTable } from "./profile-table.ts";

let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-profiles-"));
  journal = new Journal(path.join(folder, "journal.db"), { clock: Date.now });
});

afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Lets the file grow by no page more, as on a disk that is full. */
function fill(): void {
  const { page_count: pages } = journal.database.prepare("pragma page_count").get() as { page_count: number };
  journal.database.exec(`pragma max_page_count = ${pages}`);
}

it("knows who holds a profile while the disk is full, and writes it when there is room again", async () => {
  const table = new ProfileTable(journal);
  const ids = Array.from({ length: 2_000 }, () => randomUUID());
  fill();
  for (const id of ids) table.hold(id, { kind: "run", id, since: 1 });
  const stored = () => journal.database.prepare("select count(*) as count from profiles").get()?.count as number;
  expect(stored()).toBeLessThan(ids.length);
  const last = ids.at(-1) as string;
  expect(table.facts(last).holder).toEqual({ kind: "run", id: last, since: 1 });
  table.release(last, last);
  expect(table.facts(last).holder).toBeNull();

  journal.database.exec("pragma max_page_count = 1000000");
  await vi.waitUntil(() => stored() === ids.length);
  expect(table.facts(ids[1] as string).holder).toMatchObject({ kind: "run" });
  expect(table.facts(last).holder).toBeNull();
});

it("says of each time that a program was kept from a profile a later time, also when the clock was set back", () => {
  const table = new ProfileTable(journal);
  const id = randomUUID();
  expect(table.facts(id).mismatchAt).toBeUndefined();
  const times = [5_000, 5_000, 3_000, 9_000].map((at) => {
    table.noteKeptFrom(id, at);
    return table.toReport(10).profiles[0]?.facts.mismatchAt;
  });
  expect(times).toEqual([5_000, 5_001, 5_002, 9_000]);
});

it("says that a state could not be read until the server knows of it, and no longer once good ones have been saved since", () => {
  const table = new ProfileTable(journal);
  const id = randomUUID();
  table.addFlags(id, ["blob", "state-restored"]);
  table.noteSaved(id, 1, 1);
  expect(table.facts(id).flags).toEqual(["blob", "state-restored"]);
  table.markReported(table.toReport(10).upTo);
  table.noteSaved(id, 2, 1);
  expect(table.facts(id).flags).toEqual(["blob"]);
  expect(table.toReport(10).profiles).toMatchObject([{ profileId: id, facts: { flags: ["blob"], stateSavedAt: 2 } }]);
});

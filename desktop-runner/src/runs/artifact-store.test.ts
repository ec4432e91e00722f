import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ArtifactIndex } from "../journal/artifact-index.ts";
import { Journal } from "../journal/journal.ts";
import { ArtifactStore } from "./artifact-store.ts";

const dayMs = 86_400_000;
let folder: string;
let journal: Journal;
let now = 0;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-artifacts-"));
  mkdirSync(path.join(folder, "artifacts"));
  journal = new Journal(path.join(folder, "journal.db"));
  now = Date.UTC(2026, 0, 1);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (limits: { maxBytes: number; maxAgeMs?: number }) =>
  new ArtifactStore({ folder: path.join(folder, "artifacts"), index: new ArtifactIndex(journal), clock: () => now, ...limits });

async function leave(store: ArtifactStore, runId: string, bytes: number): Promise<void> {
  mkdirSync(store.runFolder(runId));
  writeFileSync(path.join(store.runFolder(runId), "a.bin"), Buffer.alloc(bytes));
  store.add({ id: `of-${runId}`, runId, file: "a.bin", contentType: "x", bytes });
  await store.keep(runId);
}

it("gives up what is older than it may be, though there is room", async () => {
  const store = open({ maxBytes: 1e9, maxAgeMs: 2 * dayMs });
  await leave(store, "old", 10);
  now += 1.5 * dayMs;
  await leave(store, "new", 10);
  expect(store.find("of-old")).toBeDefined();
  now += dayMs;
  store.prune();
  expect([store.find("of-old"), existsSync(store.runFolder("old"))]).toEqual([undefined, false]);
  expect(store.find("of-new")).toBeDefined();
});

it("keeps what is old while there is room when no age is set, and lets the oldest make room", async () => {
  const store = open({ maxBytes: 250 });
  await leave(store, "one", 100);
  now += 1000 * dayMs;
  await leave(store, "two", 100);
  expect(store.find("of-one")).toBeDefined();
  await leave(store, "three", 100);
  expect(["of-one", "of-two", "of-three"].map((id) => store.find(id) !== undefined)).toEqual([false, true, true]);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../testing/worker.ts";
import { loadProfileState, lockProfile, type StorageState, saveProfileState } from "./profile-store.ts";

let folder: TestFolder;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const stateOf = (value: string): StorageState => ({ cookies: [], origins: [{ origin: "http://a", localStorage: [{ name: "k", value }] }] });
const storedValue = (state: StorageState | undefined) => state?.origins[0]?.localStorage[0]?.value;

it("gives back what was saved, in a file of mode 600, and nothing for a new profile", async () => {
  expect(await loadProfileState(folder.path)).toEqual({ state: undefined, restored: false, lost: false });
  const bytes = await saveProfileState(path.join(folder.path, "new"), stateOf("1"));
  const file = await stat(path.join(folder.path, "new/state.json"));
  expect([file.size, file.mode & 0o777]).toEqual([bytes, 0o600]);
  expect(storedValue((await loadProfileState(path.join(folder.path, "new"))).state)).toBe("1");
});

it("keeps the last good state when saving fails, and leaves no pieces", async () => {
  await saveProfileState(folder.path, stateOf("1"));
  await mkdir(path.join(folder.path, "state.previous.json"));
  await writeFile(path.join(folder.path, "state.previous.json/x"), "");
  await expect(saveProfileState(folder.path, stateOf("2"))).rejects.toThrow();
  expect(storedValue((await loadProfileState(folder.path)).state)).toBe("1");
  expect((await readdir(folder.path)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

it("goes back to the state before when the newest is unreadable, and keeps the unreadable one", async () => {
  await saveProfileState(folder.path, stateOf("1"));
  await saveProfileState(folder.path, stateOf("2"));
  await writeFile(path.join(folder.path, "state.json"), "\0\0\0");
  const loaded = await loadProfileState(folder.path);
  expect([storedValue(loaded.state), loaded.restored, loaded.lost]).toEqual(["1", true, false]);
  expect((await readdir(folder.path)).some((name) => name.startsWith("state.corrupt-"))).toBe(true);
});

it("goes on from the state before when it was stopped between the two renames", async () => {
  await saveProfileState(path.join(folder.path, "a"), stateOf("1"));
  await mkdir(path.join(folder.path, "b"));
  await writeFile(path.join(folder.path, "b/state.previous.json"), await readFile(path.join(folder.path, "a/state.json")));
  expect(await loadProfileState(path.join(folder.path, "b"))).toMatchObject({ restored: false, lost: false, state: stateOf("1") });
});

it("gives a profile to one at a time, across processes, until it is released", async () => {
  const first = await lockProfile(folder.path);
  expect(first).toBeDefined();
  expect(await lockProfile(path.join(folder.path, "../", path.basename(folder.path)))).toBeUndefined();
  await first?.release();
  const other = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
  await writeFile(path.join(folder.path, "lock"), `${other.pid} token`);
  expect(await lockProfile(folder.path)).toBeUndefined();
  other.kill("SIGKILL");
  await once(other, "exit");
  expect(await lockProfile(folder.path)).toBeDefined();
});

it("takes over a lock whose owner has shown no sign of life for half a minute, and only one of many does", async () => {
  const lock = path.join(folder.path, "lock");
  await writeFile(lock, `${process.ppid} token`);
  expect(await lockProfile(folder.path)).toBeUndefined();
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  const taken = await Promise.all([1, 2, 3].map(() => lockProfile(folder.path)));
  expect(taken.filter(Boolean).length).toBe(1);
});

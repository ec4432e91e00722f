import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../testing/worker.ts";
import { listProfileStates, loadProfileState, lockProfile, ProfileBusy, restoreProfileState, saveProfileState } from "./profile-store.ts";
import { readAllStates, type StorageState, writeState } from "./state-files.ts";

let folder: TestFolder;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const stateOf = (value: string): StorageState => ({ cookies: [], origins: [{ origin: "http://a", localStorage: [{ name: "k", value }] }] });
const storedValue = (state: StorageState | undefined) => state?.origins[0]?.localStorage[0]?.value;

it("gives back what was saved, in a file of mode 600, and nothing for a new profile", async () => {
  expect(await loadProfileState(folder.path)).toMatchObject({ state: undefined, version: undefined, restored: false, lost: false });
  const bytes = await saveProfileState(path.join(folder.path, "new"), stateOf("1"));
  const file = await stat(path.join(folder.path, "new/state.json"));
  expect([file.size, file.mode & 0o777]).toEqual([bytes, 0o600]);
  const loaded = await loadProfileState(path.join(folder.path, "new"));
  expect(loaded).toMatchObject({ state: stateOf("1"), version: 1, savedAt: expect.any(Number) });
});

it("keeps the last five states, of which each can be made the newest again", async () => {
  for (const value of "123456") await saveProfileState(folder.path, stateOf(value));
  const listed = await listProfileStates(folder.path);
  expect(listed.map(({ version }) => version)).toEqual([6, 5, 4, 3, 2]);
  expect(listed[0]).toMatchObject({ cookies: 0, origins: 1, bytes: expect.any(Number) });
  expect(await restoreProfileState(folder.path, 3)).toMatchObject({ version: 7 });
  expect(storedValue((await loadProfileState(folder.path)).state)).toBe("3");
  expect(await restoreProfileState(folder.path, 6)).toMatchObject({ version: 8 });
  expect(storedValue((await loadProfileState(folder.path)).state)).toBe("6");
  expect(await restoreProfileState(folder.path, 1)).toBeUndefined();
  const lock = await lockProfile(folder.path);
  await expect(restoreProfileState(folder.path, 8)).rejects.toBeInstanceOf(ProfileBusy);
  await lock?.release();
});

it("takes the place of what the same run saved before, and of nothing else", async () => {
  await saveProfileState(folder.path, stateOf("before"));
  const first = await writeState(folder.path, stateOf("step 1"));
  const again = await writeState(folder.path, stateOf("step 2"), { instead: first.version });
  expect(again.version).toBe(first.version);
  await saveProfileState(folder.path, stateOf("another"));
  await writeState(folder.path, stateOf("step 3"), { instead: first.version });
  const values = (await readAllStates(folder.path)).map(({ state }) => storedValue(state));
  expect(values).toEqual(["step 3", "another", "step 2", "before"]);
});

it("keeps the last good state when saving fails, and leaves no pieces", async () => {
  await saveProfileState(folder.path, stateOf("1"));
  await mkdir(path.join(folder.path, "states/1.json/x"), { recursive: true });
  await expect(saveProfileState(folder.path, stateOf("2"))).rejects.toThrow();
  expect(storedValue((await loadProfileState(folder.path)).state)).toBe("1");
  expect((await readdir(folder.path)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

it.each([
  ["is cut off", (text: string) => text.slice(0, text.length / 2)],
  ["is cut off before its mark", (text: string) => `${text.slice(0, text.indexOf(',"deskhand"'))},"deskhand":{}}`],
  ["holds another value than was saved", (text: string) => text.replace('"value":"2"', '"value":"x"')],
  ["is no state at all", () => "\0\0\0"],
])("goes back to the state before when the newest %s, and keeps the unreadable one", async (_, damage) => {
  await saveProfileState(folder.path, stateOf("1"));
  await saveProfileState(folder.path, stateOf("2"));
  const file = path.join(folder.path, "state.json");
  await writeFile(file, damage(await readFile(file, "utf8")));
  const loaded = await loadProfileState(folder.path);
  expect([storedValue(loaded.state), loaded.restored, loaded.lost]).toEqual(["1", true, false]);
  expect((await readdir(folder.path)).some((name) => name.startsWith("state.corrupt-"))).toBe(true);
  expect(await loadProfileState(folder.path)).toMatchObject({ restored: false, lost: false, state: stateOf("1") });
});

it("does not let an unreadable newest state push out a good one", async () => {
  for (const value of "123") await saveProfileState(folder.path, stateOf(value));
  await writeFile(path.join(folder.path, "state.json"), "?");
  await saveProfileState(folder.path, stateOf("4"));
  const values = (await readAllStates(folder.path)).map(({ state }) => storedValue(state));
  expect(values).toEqual(["4", "2", "1"]);
});

it("goes on from the state before when it was stopped between the two renames", async () => {
  for (const value of "12") await saveProfileState(folder.path, stateOf(value));
  await rename(path.join(folder.path, "state.json"), path.join(folder.path, "states/2.json"));
  expect(await loadProfileState(folder.path)).toMatchObject({ restored: false, lost: false, state: stateOf("2") });
  await saveProfileState(folder.path, stateOf("3"));
  expect((await listProfileStates(folder.path)).map(({ version }) => version)).toEqual([3, 2, 1]);
});

it("reads what an older Deskhand saved, and keeps it among the states before", async () => {
  await writeFile(path.join(folder.path, "state.json"), JSON.stringify(stateOf("old")));
  await writeFile(path.join(folder.path, "state.previous.json"), JSON.stringify(stateOf("older")));
  expect(await loadProfileState(folder.path)).toMatchObject({ state: stateOf("old"), version: 0, savedAt: null });
  await saveProfileState(folder.path, stateOf("new"));
  expect((await readAllStates(folder.path)).map(({ state }) => storedValue(state))).toEqual(["new", "old"]);
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

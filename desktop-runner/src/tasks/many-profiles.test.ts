import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import type { Identity } from "@deskhand/shared/schemas/identity";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { v7 as uuid } from "uuid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadProfileState, lockProfile, saveProfileState } from "../browser/profile-store.ts";
import { runStart } from "../connection/testing/fake-relay.ts";
import { ensureHome, type RunnerHome, runnerHome } from "../identity/home.ts";
import { Journal } from "../journal/journal.ts";
import { ProfileTable } from "../profiles/profile-table.ts";
import { laptop } from "../testing/devices.ts";
import { carryOut } from "./registry.ts";
import type { TaskServices } from "./task.ts";

let home: RunnerHome;
let journal: Journal;
let profiles: ProfileTable;

beforeEach(() => {
  home = runnerHome({ DESKHAND_HOME: mkdtempSync(path.join(tmpdir(), "deskhand-tasks-")) });
  ensureHome(home);
  journal = new Journal(home.journalFile);
  profiles = new ProfileTable(journal);
});
afterEach(() => {
  journal.close();
  rmSync(home.folder, { recursive: true });
});

const requestedBy = { userId: uuid() };
function ask(kind: TaskKind, payload: object, signal = new AbortController().signal) {
  // these tasks need no more
  const sessions = { hibernate: async () => {} };
  const services = { home, profiles, sessions, clock: () => 1_000 } as unknown as TaskServices;
  return carryOut(kind, { requestedBy, ...payload }, { ...services, commandId: uuid(), signal });
}

/** A profile with something saved. */
function savedProfile(): string {
  const id = uuid();
  const folder = path.join(home.profilesFolder, id);
  mkdirSync(path.join(folder, "user-data"), { recursive: true });
  writeFileSync(path.join(folder, "state.json"), JSON.stringify({ of: id, cookies: [], origins: [] }));
  writeFileSync(path.join(folder, "user-data", "Cookies"), id);
  profiles.noteSaved(id, 900, 42);
  return id;
}
const device: Identity = { ...laptop, seed: "first", os: "linux", platformVersion: "6.8.0", geolocation: null };
const fileOf = (id: string, file = "state.json") => path.join(home.profilesFolder, id, file);

test("a copy has what was saved and what it is like, and nothing of who has it open", async () => {
  const profileId = savedProfile();
  profiles.configure([{ profileId, revision: 3, settings: { ...defaultSettings, engine: "dedicated" } }]);
  const copies = [uuid(), uuid()];
  // of a process that is gone
  writeFileSync(fileOf(profileId, "lock"), "0 nobody");
  // a picture of an extension
  mkdirSync(fileOf(profileId, "extensions/safe"), { recursive: true });
  writeFileSync(fileOf(profileId, "extensions/safe/lock.svg"), "<svg/>");
  expect(await ask("profile.clone", { profileId, copies })).toMatchObject({ state: "succeeded" });
  for (const copy of copies) {
    expect(readFileSync(fileOf(copy), "utf8")).toContain(profileId);
    expect(existsSync(fileOf(copy, "user-data/Cookies"))).toBe(true);
    expect(existsSync(fileOf(copy, "lock"))).toBe(false);
    expect(existsSync(fileOf(copy, "extensions/safe/lock.svg"))).toBe(true);
    expect(profiles.get(copy)).toMatchObject({ revision: 3, settings: { engine: "dedicated" } });
    expect(profiles.facts(copy)).toMatchObject({ stateSavedAt: 900, stateBytes: 42 });
  }
});

test("a copy shows itself as the device that it was given, and else as the one of its original", async () => {
  const profileId = savedProfile();
  profiles.configure([{ profileId, revision: 3, settings: { ...defaultSettings, engine: "dedicated", identity: device } }]);
  const [own, same] = [uuid(), uuid()];
  const other = { ...device, seed: "other", screen: { width: 2560, height: 1440 } };
  await ask("profile.clone", { profileId, copies: [own], identities: [other] });
  await ask("profile.clone", { profileId, copies: [same] });
  expect(profiles.get(own)).toMatchObject({ revision: 3, settings: { engine: "dedicated", identity: other } });
  expect(profiles.get(same).settings.identity).toEqual(device);
});

test("a copy that is there is left as it is, and one that was left unfinished is made anew", async () => {
  const profileId = savedProfile();
  const [done, unfinished] = [uuid(), uuid()];
  mkdirSync(path.dirname(fileOf(done)));
  writeFileSync(fileOf(done), "its own by now");
  mkdirSync(path.join(home.profilesFolder, `${unfinished}.copying`));
  await ask("profile.clone", { profileId, copies: [done, unfinished] });
  expect(readFileSync(fileOf(done), "utf8")).toBe("its own by now");
  expect(existsSync(fileOf(unfinished))).toBe(true);
  expect(existsSync(path.join(home.profilesFolder, `${unfinished}.copying`))).toBe(false);
});

test("a copy of a profile that was never used is one that was never used", async () => {
  const copies = [uuid()];
  expect(await ask("profile.clone", { profileId: uuid(), copies })).toMatchObject({ state: "succeeded" });
  expect(existsSync(fileOf(copies[0] ?? ""))).toBe(false);
});

test("what somebody has open is not copied, and the copies are named", async () => {
  const profileId = savedProfile();
  const copies = [uuid(), uuid()];
  const lock = await lockProfile(path.join(home.profilesFolder, profileId));
  const end = { state: "failed", failureCode: "PROFILE_BUSY", result: { copies: 0, failed: copies } };
  expect(await ask("profile.clone", { profileId, copies })).toEqual(end);
  expect(copies.some((id) => existsSync(fileOf(id)))).toBe(false);
  await lock?.release();
  expect(await ask("profile.clone", { profileId, copies })).toMatchObject({ state: "succeeded" });
});

test("the runner does other things while it copies", async () => {
  const profileId = savedProfile();
  for (let n = 0; n < 100; n++) writeFileSync(fileOf(profileId, `user-data/${n}`), "x".repeat(10_000));
  const copies = [uuid()];
  const unfinished = `${path.join(home.profilesFolder, copies[0] ?? "")}.copying`;
  const seen = { unfinished: false, over: false };
  const look = () => {
    seen.unfinished ||= existsSync(unfinished);
    if (!seen.over) setImmediate(look);
  };
  look();
  await ask("profile.clone", { profileId, copies });
  seen.over = true;
  expect(seen.unfinished).toBe(true);
});

test("a disk that is full ends it with that word and with nothing half made, and the copies before are there", async (context) => {
  context.skip(process.platform !== "linux" || process.getuid?.() !== 0, "only root can mount a small disk");
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=300k,mode=700", "tmpfs", home.profilesFolder]).status).toBe(0);
  try {
    const profileId = savedProfile();
    writeFileSync(fileOf(profileId, "user-data/History"), "x".repeat(100_000));
    const [fits, not, neither] = [uuid(), uuid(), uuid()];
    expect(await ask("profile.clone", { profileId, copies: [fits, not, neither] })).toEqual({
      state: "failed",
      failureCode: "RUNNER_DISK_FULL",
      result: { copies: 1, failed: [not, neither] },
    });
    expect(readdirSync(home.profilesFolder).sort()).toEqual([profileId, fits].sort());
    expect([fits, not].map((id) => profiles.has(id))).toEqual([true, false]);
  } finally {
    spawnSync("umount", [home.profilesFolder]);
  }
});

test("many are deleted and brought back as one is, and those that are gone are named", async () => {
  const profileIds = [savedProfile(), savedProfile()];
  expect(await ask("profiles.delete", { profileIds, keepMs: 1_000 })).toMatchObject({ state: "succeeded" });
  expect(profileIds.some((id) => existsSync(fileOf(id)))).toBe(false);
  const gone = uuid();
  expect(await ask("profiles.restore", { profileIds: [gone, ...profileIds] })).toEqual({
    state: "failed",
    failureCode: "PROFILE_GONE",
    result: { done: 2, failed: [gone] },
  });
  expect(profileIds.every((id) => existsSync(fileOf(id)))).toBe(true);
  await ask("profiles.delete", { profileIds });
  expect(await ask("profiles.restore", { profileIds })).toMatchObject({ state: "failed", result: { done: 0 } });
});

test("of many, one on which a run waits stays, and is named", async () => {
  const [waits, free] = [savedProfile(), savedProfile()];
  journal.accept(runStart({ profileId: waits }));
  expect(await ask("profiles.delete", { profileIds: [waits, free], keepMs: 1_000 })).toEqual({
    state: "failed",
    failureCode: "PROFILE_BUSY",
    result: { done: 1, failed: [waits] },
  });
  expect([waits, free].map((id) => existsSync(fileOf(id)))).toEqual([true, false]);
});

test("one that a program of this computer has is deleted neither for a while nor for good", async () => {
  const id = savedProfile();
  const lock = await lockProfile(path.join(home.profilesFolder, id));
  for (const keepMs of [1_000, undefined]) {
    expect(await ask("profiles.delete", { profileIds: [id], keepMs })).toMatchObject({ failureCode: "PROFILE_BUSY" });
  }
  expect(existsSync(fileOf(id))).toBe(true);
  await lock?.release();
});

test("what was saved of a profile after it was deleted is its newest state when it is brought back", async () => {
  const id = savedProfile();
  const folder = path.join(home.profilesFolder, id);
  await ask("profiles.delete", { profileIds: [id], keepMs: 1_000 });
  const localStorage = [{ name: "visits", value: "9" }];
  await saveProfileState(folder, { cookies: [], origins: [{ origin: "https://shop.example", localStorage }] });
  const lock = await lockProfile(folder);
  expect(await ask("profiles.restore", { profileIds: [id] })).toMatchObject({ failureCode: "PROFILE_BUSY" });
  await lock?.release();
  expect(await ask("profiles.restore", { profileIds: [id] })).toMatchObject({ state: "succeeded" });
  expect((await loadProfileState(folder)).state?.origins).toMatchObject([{ localStorage }]);
  expect(readFileSync(fileOf(id, "user-data/Cookies"), "utf8")).toBe(id);
});

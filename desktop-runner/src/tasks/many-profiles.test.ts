import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import type { Identity } from "@deskhand/shared/schemas/identity";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { v7 as uuid } from "uuid";
import { afterEach, beforeEach, expect, test } from "vitest";
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
  const services = { home, profiles, clock: () => 1_000 } as TaskServices;
  return carryOut(kind, { requestedBy, ...payload }, { ...services, commandId: uuid(), signal });
}

/** A profile with something saved. */
function savedProfile(): string {
  const id = uuid();
  const folder = path.join(home.profilesFolder, id);
  mkdirSync(path.join(folder, "user-data"), { recursive: true });
  writeFileSync(path.join(folder, "state.json"), `{"of":"${id}"}`);
  writeFileSync(path.join(folder, "user-data", "Cookies"), id);
  writeFileSync(path.join(folder, "lock"), "1 somebody");
  profiles.noteSaved(id, 900, 42);
  return id;
}
const device: Identity = { ...laptop, seed: "first", os: "linux", platformVersion: "6.8.0", geolocation: null };
const fileOf = (id: string, file = "state.json") => path.join(home.profilesFolder, id, file);

test("a copy has what was saved and what it is like, and nothing of who has it open", async () => {
  const profileId = savedProfile();
  profiles.configure([{ profileId, revision: 3, settings: { ...defaultSettings, engine: "dedicated" } }]);
  const copies = [uuid(), uuid()];
  expect(await ask("profile.clone", { profileId, copies })).toMatchObject({ state: "succeeded" });
  for (const copy of copies) {
    expect(readFileSync(fileOf(copy), "utf8")).toContain(profileId);
    expect(existsSync(fileOf(copy, "user-data/Cookies"))).toBe(true);
    expect(existsSync(fileOf(copy, "lock"))).toBe(false);
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

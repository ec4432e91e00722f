import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { loadProfileState, saveProfileState } from "../browser/profile-store.ts";
import { runStart } from "../connection/testing/fake-relay.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { useRunnerBed } from "../testing/runner-bed.ts";
import { startTestScreen, type TestScreen } from "../testing/screen.ts";

const bed = useRunnerBed();
const workerFile = path.join(import.meta.dirname, "../worker/main.ts");
let site: FixtureSite;
let screen: TestScreen;
beforeAll(async () => {
  [site, screen] = await Promise.all([startFixtureSite(), startTestScreen()]);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  screen.close();
  await site.close();
});

const patient = (check: () => unknown) => vi.waitFor(check, { interval: 20 });

async function endOf(kind: string, payload: { profileId: string } & Record<string, unknown>) {
  const command = { ...runStart(), kind, payload };
  await bed.relay.deliver(command);
  await patient(() => expect(bed.relay.seen.outcomes.map(({ commandId }) => commandId)).toContain(command.id));
  return bed.relay.seen.outcomes.find(({ commandId }) => commandId === command.id);
}

it("opens a profile until it is closed, tells who has it, and saves it", async () => {
  await bed.connected({ workerFile });
  const profileId = randomUUID();
  expect(await endOf("profile.open", { profileId, window: false, url: site.origin })).toMatchObject({ state: "succeeded" });
  await patient(() => expect(bed.relay.seen.profiles.get(profileId)?.holder).toMatchObject({ kind: "session" }));
  // open already: the same one
  expect(await endOf("profile.open", { profileId, window: false })).toMatchObject({ state: "succeeded" });
  expect(await endOf("profile.close", { profileId })).toMatchObject({ state: "succeeded" });
  await patient(() => expect(bed.relay.seen.profiles.get(profileId)).toMatchObject({ holder: null, stateBytes: expect.any(Number) }));
  expect(await endOf("profile.close", { profileId })).toMatchObject({ state: "succeeded" });
});

it("lets a run wait for a window that has the profile, and go on when that is closed by who comes behind it", async () => {
  vi.stubEnv("DISPLAY", screen.display);
  await bed.connected({ workerFile });
  const profileId = randomUUID();
  const opening = { ...runStart(), kind: "profile.open", payload: { profileId, window: true } };
  await bed.relay.deliver(opening);
  const holder = { kind: "window", id: opening.id };
  await patient(() => expect(bed.relay.seen.profiles.get(profileId)?.holder).toMatchObject(holder));
  const run = runStart({ profileId });
  run.payload.recording = { title: "Look", steps: [{ type: "navigate", url: "about:blank" }] };
  await bed.relay.deliver(run);
  const other = runStart();
  other.payload.recording = run.payload.recording;
  await bed.relay.deliver(other);
  await patient(() => expect(bed.endOf(other.payload.runId)).toMatchObject({ state: "succeeded" }));
  expect(bed.kindsOf(run.payload.runId)).toEqual([]);
  expect(bed.relay.seen.profiles.get(profileId)?.holder).toMatchObject(holder);
  expect(await endOf("profile.close", { profileId })).toMatchObject({ state: "succeeded" });
  await patient(() => expect(bed.endOf(run.payload.runId)).toMatchObject({ state: "succeeded" }));
  await patient(() => expect(bed.relay.seen.profiles.get(profileId)?.holder).toBeNull());
});

it("lists the saved states, and makes an earlier one the newest", async () => {
  await bed.connected();
  const profileId = randomUUID();
  const folder = path.join(bed.paired.home.profilesFolder, profileId);
  for (const value of ["1", "2"])
    await saveProfileState(folder, { cookies: [], origins: [{ origin: "http://a", localStorage: [{ name: "k", value }] }] });
  expect(await endOf("profile.states", { profileId })).toMatchObject({ result: { states: [{ version: 2 }, { version: 1, origins: 1 }] } });
  expect(await endOf("profile.restore-state", { profileId, version: 1 })).toMatchObject({ state: "succeeded", result: { version: 3 } });
  expect(JSON.stringify((await loadProfileState(folder)).state)).toContain('"value":"1"');
  expect(await endOf("profile.restore-state", { profileId, version: 9 })).toMatchObject({ failureCode: "PROFILE_GONE" });
});

it("moves a profile between the engines and says what stays behind", async () => {
  await bed.connected({ workerFile });
  const profileId = randomUUID();
  const folder = path.join(bed.paired.home.profilesFolder, profileId);
  const stored = [{ name: "k", value: "moved" }];
  await saveProfileState(folder, { cookies: [], origins: [{ origin: site.origin, localStorage: stored }] });
  expect(await endOf("profile.convert", { profileId, to: "dedicated" })).toMatchObject({ state: "succeeded", result: { staysBehind: [] } });
  expect(existsSync(path.join(folder, "user-data"))).toBe(true);
  expect(await endOf("profile.convert", { profileId, to: "shared" })).toMatchObject({
    state: "succeeded",
    result: { from: "dedicated", to: "shared", staysBehind: ["framed-storage", "http-cache", "extensions"] },
  });
  expect((await loadProfileState(folder)).state?.origins).toMatchObject([{ origin: site.origin, localStorage: stored }]);
});

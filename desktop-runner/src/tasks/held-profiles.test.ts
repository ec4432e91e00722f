import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { loadProfileState, saveProfileState } from "../browser/profile-store.ts";
import { runCommandLine } from "../cli/command-line.ts";
import { FakeRest } from "../cli/testing/fake-rest.ts";
import { page, profile } from "../cli/testing/views.ts";
import { runStart } from "../connection/testing/fake-relay.ts";
import { editPolicy, withRule } from "../policy/edit-policy.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { useRunnerBed } from "../testing/runner-bed.ts";
import { readPageAddress } from "../ui/page-address.ts";

// browsers take their time on a busy machine
vi.setConfig({ testTimeout: 60_000 });

const bed = useRunnerBed();
const workerFile = path.join(import.meta.dirname, "../worker/main.ts");
let site: FixtureSite;
let rest: FakeRest;
beforeAll(async () => {
  site = await startFixtureSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  editPolicy(bed.paired.home, (policy) => withRule(policy, "allow", "127.0.0.1", false));
});
afterEach(() => rest.close());

const patient = (check: () => unknown) => vi.waitFor(check, { interval: 20, timeout: 20_000 });
const folderOf = (id: string) => path.join(bed.paired.home.profilesFolder, id);
const asideOf = (id: string) => path.join(bed.paired.home.deletedProfilesFolder, id);
const visitsIn = async (folder: string) => JSON.stringify((await loadProfileState(folder)).state?.origins);

async function endOf(kind: string, payload: Record<string, unknown>) {
  const command = { ...runStart(), kind, payload };
  await bed.relay.deliver(command as unknown as ReturnType<typeof runStart>);
  await patient(() => expect(bed.relay.seen.outcomes.map(({ commandId }) => commandId)).toContain(command.id));
  return bed.relay.seen.outcomes.find(({ commandId }) => commandId === command.id);
}

const cookie = { name: "session", value: "ann", domain: "127.0.0.1", path: "/", expires: -1, httpOnly: true, secure: false } as const;

/** A profile that is open without a window, and is signed in on the site. */
async function opened(): Promise<string> {
  const profileId = randomUUID();
  await saveProfileState(folderOf(profileId), { cookies: [{ ...cookie, sameSite: "Lax" }], origins: [] });
  expect(await endOf("profile.open", { profileId, window: false, url: `${site.origin}/account` })).toMatchObject({ state: "succeeded" });
  return profileId;
}

it("deletes of many those that are free, and names those that somebody has open, which stay whole", async () => {
  await bed.connected({ workerFile });
  const held = await opened();
  const free = await opened();
  await endOf("profile.close", { profileId: free });
  expect(await endOf("profiles.delete", { profileIds: [held, free], keepMs: 60_000 })).toMatchObject({
    state: "failed",
    failureCode: "PROFILE_BUSY",
    result: { done: 1, failed: [held] },
  });
  expect(existsSync(asideOf(held))).toBe(false);
  expect(await visitsIn(asideOf(free))).toContain("visits");
  await endOf("profile.close", { profileId: held });
  expect(await visitsIn(folderOf(held))).toContain("visits");
});

it("closes a session that nobody in particular uses before its profile is deleted, and nothing comes back in its place", async () => {
  await bed.connected({ workerFile });
  const profileId = await opened();
  expect(await endOf("profile.delete", { profileId, keepMs: 60_000 })).toMatchObject({ state: "succeeded" });
  await patient(() => expect(bed.relay.seen.profiles.get(profileId)).toMatchObject({ holder: null }));
  expect(existsSync(folderOf(profileId))).toBe(false);
  expect(await visitsIn(asideOf(profileId))).toContain("visits");
  expect(await endOf("profile.open", { profileId, window: false })).toMatchObject({ state: "failed", failureCode: "PROFILE_GONE" });
});

it("closes of many also what a program is connected to", async () => {
  bed.start({ localPort: 0, workerFile });
  await patient(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
  rest.answers["GET /profiles"] = page({ ...profile, runnerId: bed.paired.runnerId });
  const connected = runCommandLine(["profiles", "connect", "Ann", "--json"], {
    env: { DESKHAND_HOME: bed.paired.home.folder, DESKHAND_URL: rest.url, DESKHAND_API_KEY: "dh_test_key" },
    streams: { out: () => {}, err: () => {} },
    isTerminal: false,
    readInput: async () => "",
  });
  await patient(() => expect(bed.relay.seen.profiles.get(profile.id)?.holder).toMatchObject({ kind: "connect" }));
  expect(await endOf("profiles.close", { profileIds: [profile.id] })).toMatchObject({ state: "succeeded", result: { done: 1 } });
  await patient(() => expect(bed.relay.seen.profiles.get(profile.id)).toMatchObject({ holder: null }));
  await connected;
});

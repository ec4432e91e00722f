import { randomUUID } from "node:crypto";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { loadProfileState, saveProfileState } from "../browser/profile-store.ts";
import { runStart } from "../connection/testing/fake-relay.ts";
import { editPolicy, withRule } from "../policy/edit-policy.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { useRunnerBed } from "../testing/runner-bed.ts";
import { openSessionBed, type SessionBed } from "../testing/session-bed.ts";
import { commandLineOf, descendantsOf } from "../testing/worker.ts";

// browsers take their time on a busy machine
vi.setConfig({ testTimeout: 60_000 });

const bed = useRunnerBed();
const workerFile = path.join(import.meta.dirname, "../worker/main.ts");
let site: FixtureSite;
let profileId: string;
beforeAll(async () => {
  site = await startFixtureSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  editPolicy(bed.paired.home, (policy) => withRule(policy, "allow", "127.0.0.1", false));
  profileId = randomUUID();
  site.requests.length = 0;
  await saveProfileState(folder(), {
    cookies: [
      { name: "session", value: "ann", domain: "127.0.0.1", path: "/", expires: -1, httpOnly: true, secure: false, sameSite: "Lax" },
    ],
    origins: [],
  });
});

const patient = (check: () => unknown) => vi.waitFor(check, { interval: 20 });
const folder = () => path.join(bed.paired.home.profilesFolder, profileId);
const visits = async () => JSON.stringify((await loadProfileState(folder())).state?.origins);
const facts = () => bed.relay.seen.profiles.get(profileId);
const asleep = () => patient(() => expect(facts()).toMatchObject({ holder: null, hibernatingSince: expect.any(Number) }));
const loads = () => site.requests.filter((request) => request === "GET /account").length;

async function endOf(kind: string, payload: Record<string, unknown>) {
  const command = { ...runStart(), kind, payload };
  await bed.relay.deliver(command as unknown as ReturnType<typeof runStart>);
  await patient(() => expect(bed.relay.seen.outcomes.map(({ commandId }) => commandId)).toContain(command.id));
  return bed.relay.seen.outcomes.find(({ commandId }) => commandId === command.id);
}
const open = (more: object = {}) => endOf("profile.open", { profileId, window: false, ...more });

it("saves a profile that nobody uses, takes it out of memory, and opens it where it was when it is wanted again", async () => {
  // long enough to be seen awake, also on a busy machine
  await bed.connected({ workerFile, hibernateAfterMs: 3_000 });
  expect(await open({ url: `${site.origin}/account` })).toMatchObject({ state: "succeeded" });
  await asleep();
  expect(await visits()).toContain('"value":"1"');
  // no address: it knows where it was, and is signed in there
  expect(await open()).toMatchObject({ state: "succeeded" });
  await patient(() => expect(facts()).toMatchObject({ holder: { kind: "session" }, hibernatingSince: null }));
  expect(loads()).toBe(2);
  await asleep();
  expect(await visits()).toContain('"value":"2"');
  expect(await endOf("profile.close", { profileId })).toMatchObject({ state: "succeeded" });
  await patient(() => expect(facts()).toMatchObject({ holder: null, hibernatingSince: null }));
});

it("makes way for a run, which finds what the session did, and hibernates from then on", async () => {
  await bed.connected({ workerFile });
  await open({ url: `${site.origin}/account` });
  const run = runStart({ profileId });
  run.payload.recording = { title: "Visit", steps: [{ type: "navigate", url: `${site.origin}/account` }] };
  await bed.relay.deliver(run);
  await patient(() => expect(bed.endOf(run.payload.runId)).toMatchObject({ state: "succeeded" }));
  await asleep();
  expect(await visits()).toContain('"value":"2"');
});

it("is there again after a restart of the runner", async () => {
  await bed.connected({ workerFile });
  await open({ url: `${site.origin}/account` });
  await bed.stopAll();
  await patient(() => expect(bed.relay.sockets.size).toBe(0));
  await bed.connected({ workerFile });
  await asleep();
  expect(await open()).toMatchObject({ state: "succeeded" });
  expect(loads()).toBe(2);
});

let own: SessionBed;
afterEach(() => own?.close());

it("hibernates when its browser is gone, and opens in another", async () => {
  own = await openSessionBed();
  await own.sessions.open({ profileId, window: false, url: `${site.origin}/account` });
  const isBrowser = (pid: number) => /^(?!\/bin\/sh)\S*chrom.* --remote-debugging-pipe/.test(commandLineOf(pid));
  for (const pid of descendantsOf(process.pid).filter(isBrowser)) process.kill(pid, "SIGKILL");
  await patient(() => expect(own.profiles.facts(profileId)).toMatchObject({ holder: null, hibernatingSince: expect.any(Number) }));
  expect(own.profiles.session(profileId)?.urls).toEqual([`${site.origin}/account`]);
  expect(await own.sessions.open({ profileId, window: false })).toBe(undefined);
});

it("starts as many as there is memory for, the others hibernate; where it gets short, those used the longest ago do", async () => {
  let now = 0;
  let room = 2;
  const capacity = { hold: () => {}, room: () => room, onShort: (_contexts: number) => {} };
  own = await openSessionBed({ capacity, clock: () => now });
  const ids = [randomUUID(), randomUUID(), randomUUID()];
  const held = () => ids.filter((id) => own.profiles.facts(id).holder);
  const resting = () => ids.filter((id) => own.profiles.facts(id).hibernatingSince !== null);
  const states = [];
  for (const id of ids) {
    now += 1_000;
    states.push(await own.sessions.start(id, "one"));
    room--;
  }
  expect(states).toEqual([{ state: "awake" }, { state: "awake" }, { state: "hibernating" }]);
  expect([held(), resting()]).toEqual([ids.slice(0, 2), ids.slice(2)]);
  now += 60_000;
  capacity.onShort(1);
  await patient(() => expect([held(), resting()]).toEqual([[ids[1]], [ids[0], ids[2]]]));
  expect(await own.sessions.open({ profileId: ids[2] ?? "", window: false })).toBe(undefined);
  for (const id of ids) await own.sessions.close(id);
  expect([held(), resting()]).toEqual([[], []]);
});

it("tells of each that could not be started by itself", async () => {
  await bed.connected({ workerFile });
  const [bad, good] = [randomUUID(), profileId];
  await endOf("profile.delete", { profileId: bad, keepMs: 60_000 });
  const end = await endOf("profiles.open", { profileIds: [bad, good] });
  expect(end).toMatchObject({
    state: "failed",
    failureCode: "PROFILE_GONE",
    result: { done: 1, failed: [{ id: bad, code: "PROFILE_GONE" }] },
  });
  expect(await endOf("profiles.close", { profileIds: [bad, good] })).toMatchObject({ state: "succeeded", result: { done: 2 } });
});

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runStart } from "../connection/testing/fake-relay.ts";
import { editPolicy, PolicyEditError, withRule } from "../policy/edit-policy.ts";
import { loadPolicy } from "../policy/policy-file.ts";
import { withSetting } from "../policy/policy-settings.ts";
import type { RunnerOptions } from "../runner-options.ts";
import { readSigners } from "../signing/edit-signers.ts";
import { until, useRunnerBed, whole } from "../testing/runner-bed.ts";
import { readPageAddress } from "./page-address.ts";
import { PageVisitor } from "./testing/page-visitor.ts";

const bed = useRunnerBed();

async function owner(options: Partial<RunnerOptions> = {}): Promise<PageVisitor> {
  await bed.connected({ localPort: 0, ...options });
  await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
  return new PageVisitor(bed.paired.home).enter();
}
const ownPolicy = () => {
  const loaded = loadPolicy(bed.paired.home);
  if (!loaded.ok) throw new Error(loaded.reason);
  return loaded.policy;
};
/** What the command line would say of this. */
function wordsOf(edit: () => unknown): string {
  try {
    edit();
  } catch (error) {
    if (error instanceof PolicyEditError) return error.message;
  }
  throw new Error("it was taken");
}

describe("the policy", () => {
  it("gets and loses rules about hosts, and shows what holds", async () => {
    const page = await owner();
    const allowed = await page.post("/api/policy/rule", { effect: "allow", host: " HTTPS://Example.com/ ", private: false });
    expect(allowed.body).toMatchObject({
      policy: { state: "ready", rules: [{ effect: "allow", pattern: "https://example.com", by: "device" }] },
    });
    await page.post("/api/policy/rule", { effect: "allow", host: "nas.example", private: true });
    await page.post("/api/policy/rule", { effect: "allow", host: "10.0.0.0/8", private: false });
    await page.post("/api/policy/rule", { effect: "deny", host: "https://example.com", private: false });
    await page.post("/api/policy/remove", { host: "10.0.0.0/8" });
    expect(ownPolicy().rules).toEqual([
      { effect: "allow", pattern: "nas.example", private: true },
      { effect: "deny", pattern: "https://example.com" },
    ]);
  });

  it("gets its settings", async () => {
    const page = await owner();
    const member = randomUUID();
    const values = [
      { name: "max-download", value: "1.5GB" },
      { name: "shell", value: "on" },
      { name: "files", value: "on" },
      { name: "signatures", value: "required" },
      { name: "members", value: member },
      { name: "quiet-hours", value: "22:00-06:00,12:00-13:00", zone: "Europe/Berlin" },
    ];
    for (const value of values) expect((await page.post("/api/policy/set", value)).status).toBe(200);
    expect(ownPolicy()).toMatchObject({
      maxDownloadBytes: 1.5 * 1024 ** 3,
      shell: true,
      files: true,
      members: [member],
      signatures: "required",
    });
    expect((await page.state()).policy).toMatchObject({
      own: { maxDownload: "1.5 GB", members: member, quietHours: "22:00-06:00, 12:00-13:00" },
      quietHours: { zone: "Europe/Berlin" },
    });
  });

  it("refuses what cannot be, in the words of the command line", async () => {
    const page = await owner();
    const policy = ownPolicy();
    for (const host of ["", "http://a.example/page", "a b", "ftp://a.example", "1.2.3.4:99999"]) {
      const { status, body } = await page.post("/api/policy/rule", { effect: "allow", host, private: false });
      expect([status, body]).toEqual([422, { code: "INVALID_INPUT", message: wordsOf(() => withRule(policy, "allow", host)) }]);
    }
    const settings = [
      ["max-download", "much"],
      ["shell", "yes"],
      ["members", "Ann"],
      ["quiet-hours", "late"],
      ["hosts", "x"],
      ["__proto__", "x"],
    ] as const;
    for (const [name, value] of settings) {
      const { body } = await page.post("/api/policy/set", { name, value });
      expect(body).toEqual({ code: "INVALID_INPUT", message: wordsOf(() => withSetting(policy, name, value)) });
    }
    expect((await page.post("/api/policy/remove", { host: "a.example" })).body.message).toBe("There is no rule about a.example.");
    expect(ownPolicy()).toEqual(policy);
  });

  it("that cannot be read says why, takes no edit, and can begin again", async () => {
    const page = await owner();
    writeFileSync(page.home.policyFile, "{");
    expect((await page.state()).policy).toMatchObject({ damaged: expect.stringContaining("is not JSON") });
    expect((await page.post("/api/pause", { paused: true })).body).toMatchObject({ code: "POLICY_DAMAGED" });
    expect((await page.post("/api/policy/reset", {})).body).toMatchObject({ policy: { damaged: null, rules: [] } });
  });

  it("shows what the project refuses besides, which nobody can take away here", async () => {
    bed.relay.tightening = { deniedHosts: ["*.ads.example"], maxDownloadBytes: 1 };
    const page = await owner();
    await until(async () =>
      expect((await page.state()).policy).toMatchObject({
        rules: [{ effect: "deny", pattern: "*.ads.example", by: "server" }],
        maxDownloadBytes: 1,
      }),
    );
    expect((await page.post("/api/policy/remove", { host: "*.ads.example" })).status).toBe(422);
  });
});

it("pausing lets runs wait, the page says so, and resuming lets them begin", async () => {
  const page = await owner();
  expect((await page.post("/api/pause", { paused: true })).body).toMatchObject({ policy: { state: "paused", paused: true } });
  const command = runStart();
  const names = { workflow: "Read the orders", profile: "Ann" };
  await bed.relay.deliver({ ...command, payload: { ...command.payload, names } });
  const { runId, profileId } = command.payload;
  expect((await page.state()).runs).toMatchObject([{ runId, profileId, ...names, state: "waiting", startedAt: null, failure: null }]);
  await page.post("/api/pause", { paused: false });
  await until(() => expect(bed.kindsOf(runId)).toEqual(whole));
  expect((await page.state()).runs).toMatchObject([
    { runId, ...names, state: "succeeded", startedAt: expect.any(Number), endedAt: expect.any(Number) },
  ]);
});

describe("a run", () => {
  it("that goes on is cancelled, and everybody is told that it was done here", async () => {
    const page = await owner();
    const { payload, ...command } = runStart({ title: "hang" });
    await bed.relay.deliver({ ...command, payload });
    await until(() => expect(bed.kindsOf(payload.runId)).toContain("step-started"));
    expect((await page.state()).runs).toMatchObject([{ state: "running", workflow: "hang", profile: "" }]);
    expect((await page.post("/api/runs/cancel", { runId: payload.runId })).status).toBe(200);
    await until(() => expect(bed.endOf(payload.runId)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED_ON_DEVICE" }));
    expect((await page.state()).runs).toMatchObject([
      { state: "cancelled", failure: { code: "CANCELLED_ON_DEVICE", title: "The run was cancelled on the runner's own computer." } },
    ]);
    expect((await page.post("/api/runs/cancel", { runId: payload.runId })).body).toMatchObject({ code: "NOT_POSSIBLE" });
  });

  it("that does not heed it is ended all the same", async () => {
    const page = await owner({ cancelGraceMs: 50 });
    const { payload, ...command } = runStart({ title: "stubborn" });
    await bed.relay.deliver({ ...command, payload });
    await until(() => expect(bed.kindsOf(payload.runId)).toContain("step-started"));
    await page.post("/api/runs/cancel", { runId: payload.runId });
    await until(() => expect(bed.endOf(payload.runId)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED_ON_DEVICE" }));
  });

  it("that waits is cancelled before it begins, also without a server", async () => {
    const page = await owner();
    editPolicy(page.home, (policy) => ({ ...policy, paused: true }));
    const { payload, ...command } = runStart();
    await bed.relay.deliver({ ...command, payload });
    await bed.relay.close();
    await until(async () => expect((await page.state()).connection.state).toBe("offline"));
    expect((await page.post("/api/runs/cancel", { runId: payload.runId })).body).toMatchObject({
      runs: [{ state: "cancelled", startedAt: null, failure: { code: "CANCELLED_ON_DEVICE" } }],
    });
    await bed.relay.listen();
  });

  it("that the policy refused names the rule, and what was refused is listed", async () => {
    const page = await owner();
    editPolicy(page.home, (policy) => ({ ...policy, members: [] }));
    const { payload, ...command } = runStart({ userId: randomUUID() });
    await bed.relay.deliver({ ...command, payload });
    await until(async () => expect((await page.state()).runs).toMatchObject([{ state: "failed", failure: { code: "POLICY_DENIED" } }]));
    const state = await page.state();
    expect(state.runs[0]?.failure?.title).toContain("members none");
    expect(state.refusals).toMatchObject([{ rule: "members none", count: 1, fatal: true }]);
  });
});

describe("a key that asks to sign", () => {
  it("waits for the person here, and is decided once", async () => {
    const page = await owner();
    const asks = () => {
      const publicKey = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).toString("base64");
      return { publicKey, kind: "browser" as const, name: "Firefox", person: "ann@example.com", proof: null };
    };
    const wishes = { requests: [asks(), asks()], revoked: [] };
    bed.relay.sayToAll("signers", { v: 1, wishes });
    await until(async () => expect((await page.state()).approvals).toHaveLength(2));
    const [first, second] = (await page.state()).approvals;
    expect(first).toMatchObject({
      title: "May “Firefox” sign what this runner does?",
      fingerprint: expect.stringMatching(/^[0-9A-F-]{30,}$/),
    });
    const decide = (id: string | undefined, decision: string) => page.post("/api/approvals", { id, decision });
    expect((await decide(first?.id, "approve")).body.approvals).toEqual([second]);
    expect((await decide(first?.id, "reject")).body).toMatchObject({ code: "NOT_POSSIBLE" });
    expect((await decide(second?.id, "later")).status).toBe(422);
    expect((await decide(second?.id, "reject")).body.approvals).toEqual([]);
    const { signers } = readSigners(page.home);
    expect(signers.map(({ keyId, status }) => [keyId, status])).toEqual([
      [first?.id, "approved"],
      [second?.id, "rejected"],
    ]);
  });
});

it("tells of the runner, its connection, its disk and its log, and of no secret", async () => {
  const page = await owner({ artifactsMaxBytes: 5_000_000, artifactsMaxAgeMs: 86_400_000 });
  const state = await page.state();
  expect(state.about).toMatchObject({
    name: "test",
    serverUrl: bed.relay.url,
    fingerprint: bed.paired.identity.fingerprint,
    folder: page.home.folder,
  });
  expect(state.connection).toMatchObject({ state: "connected", clockDifferenceMs: expect.any(Number) });
  const disk = (await page.ask("/api/disk")).body;
  expect(disk).toMatchObject({ artifactsMaxBytes: 5_000_000, artifactsMaxAgeMs: 86_400_000, freeBytes: expect.any(Number) });
  expect(disk.places).toContainEqual({ name: "Journal", bytes: expect.toSatisfy((bytes: number) => bytes > 4_000) });
  const secret = await page.ask(`/api/log?after=0`);
  expect((secret.body.lines as { message: string }[]).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Started, version /),
    "Connected to the server.",
  ]);
  const told = JSON.stringify([state, disk, secret.body]);
  for (const word of [
    page.key,
    page.cookie.split("=")[1] ?? "",
    "AGE-SECRET-KEY",
    ...(bed.paired.identity.keys.file.deviceKey.match(/.{20}/g) ?? []),
  ]) {
    expect(told).not.toContain(word);
  }
});

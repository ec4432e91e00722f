import { generateKeyPairSync } from "node:crypto";
import type { ApiKeyScope } from "@deskhand/shared/schemas/api-key";
import type { MemberRole, Permission } from "@deskhand/shared/schemas/project";
import { TRPCError } from "@trpc/server";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { readEnv } from "@/server/env";
import { createSignalFeed, type SignalFeed } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { sampleRecording, testContext } from "@/server/testing/factories";
import { createPolicyScene, type PolicyScene, type SceneIds, type Subject, subjectsOf } from "@/server/testing/policy-scene";
import { newSigningKey } from "@/server/testing/signing-key";
import { appRouter } from "./_app.ts";
import { appErrorOf, createCallerFactory, type ProcedurePolicy, proceduresOf } from "./trpc.ts";

type Sample = {
  input: (ids: SceneIds) => unknown;
  /** The code that a call ends with although it was allowed. */
  ends?: string;
  /** Names no project: everybody who may call it sees what is theirs. */
  unscoped?: true;
};

const recording = JSON.stringify(sampleRecording);
const otherRecording = JSON.stringify({ ...sampleRecording, title: "Another" });
const { publicKey: deviceKey } = generateKeyPairSync("ed25519");
const publicKey = deviceKey.export({ format: "der", type: "spki" }).toString("base64");
const device = { name: "Laptop", platform: "linux", arch: "x64", version: "1", publicKey, sealRecipient: `age1${"q".repeat(58)}` };
const id = (name: keyof SceneIds): Sample => ({ input: (ids) => ({ id: ids[name] }) });
const rule = { name: "Failures", events: ["deployment.failed"], memberIds: [] };
const sealedWord = "-----BEGIN AGE ENCRYPTED FILE-----";
const proxyAddress = { scheme: "http", host: "proxy.example", port: 8080, username: null } as const;
const inProject: Sample = { input: ({ projectId }) => ({ projectId }) };

/** An input for each procedure that does its work when the caller may. */
const samples: Record<string, Sample> = {
  "account.signUp": { input: () => ({ name: "New", email: `${uuid()}@example.com`, password: "correct horse battery" }) },
  "account.me": { input: () => undefined },
  "account.sessions": { input: () => undefined },
  "account.revokeSession": { input: () => ({ id: uuid() }), ends: "NOT_FOUND" },
  "account.revokeOtherSessions": { input: () => undefined },
  "project.list": { input: () => undefined, unscoped: true },
  "project.get": id("projectId"),
  "project.create": { input: () => ({ name: "Second" }) },
  "project.rename": { input: ({ projectId }) => ({ id: projectId, name: "Renamed" }) },
  "apiKey.list": inProject,
  "apiKey.create": { input: ({ projectId }) => ({ projectId, name: "Key", scopes: ["manage"] }) },
  "apiKey.revoke": id("apiKeyId"),
  "signingKey.list": inProject,
  "signingKey.get": id("signingKeyId"),
  "signingKey.register": {
    input: ({ projectId }) => ({ projectId, kind: "browser", name: "Another", ...newSigningKey(projectId) }),
  },
  "signingKey.revoke": id("signingKeyId"),
  "runner.requestSigner": { input: ({ runnerId, signingKeyId }) => ({ id: runnerId, signingKeyId }) },
  "runner.list": inProject,
  "runner.get": id("runnerId"),
  "runner.activity": id("runnerId"),
  "runner.createPairingCode": inProject,
  "runner.pair": { input: () => ({ code: "7K3M-Q9XD", ...device }), ends: "PAIRING_CODE_INVALID" },
  "runner.accept": id("pendingRunnerId"),
  "runner.reject": id("pendingRunnerId"),
  "runner.revoke": id("runnerId"),
  "runner.rotateKey": id("runnerId"),
  "backup.get": id("runnerId"),
  "backup.run": { input: ({ runnerId }) => ({ id: runnerId, action: "run" }) },
  "runner.tighten": { input: ({ runnerId }) => ({ id: runnerId, deniedHosts: ["ads.example"], maxDownloadBytes: 1_000 }) },
  "runner.refusals": id("runnerId"),
  "runner.rename": { input: ({ runnerId }) => ({ id: runnerId, name: "Renamed" }) },
  "profile.list": inProject,
  "profile.get": id("profileId"),
  "profile.create": { input: ({ projectId, runnerId }) => ({ projectId, runnerId, name: "Another" }) },
  "profile.suggestIdentity": { input: ({ runnerId }) => ({ runnerId }) },
  "profile.seeNotices": { input: ({ profileId }) => ({ id: profileId, until: new Date(0).toISOString() }) },
  "profile.rename": { input: ({ profileId }) => ({ id: profileId, name: "Renamed" }) },
  "profile.delete": id("unusedProfileId"),
  "profile.restore": id("deletedProfileId"),
  "profile.configure": {
    input: ({ projectId, runnerId, profileId }) => ({
      projectId,
      runnerId,
      profiles: [{ profileId, revision: 1, settings: { engine: "dedicated" } }],
    }),
  },
  "proxy.list": inProject,
  "proxy.import": {
    input: ({ projectId }) => ({
      projectId,
      proxies: [{ id: uuid(), name: null, ...proxyAddress, passwordSealed: null, changeUrlSealed: null }],
      sealedFor: [],
    }),
  },
  "proxy.change": { input: ({ proxyId }) => ({ id: proxyId, revision: 1, name: "Renamed", ...proxyAddress, sealedFor: [] }) },
  "proxy.delete": { input: ({ projectId, unusedProxyId }) => ({ projectId, ids: [unusedProxyId] }) },
  "proxy.check": { input: ({ projectId, runnerId, proxyId }) => ({ projectId, runnerId, proxyIds: [proxyId] }), ends: "RUNNER_OFFLINE" },
  "proxy.usage": inProject,
  "proxy.pools": inProject,
  "proxy.putPool": {
    input: ({ projectId, proxyId }) => ({
      projectId,
      id: uuid(),
      revision: 0,
      name: "Another",
      strategy: "failover",
      coolDownSeconds: 60,
      proxyIds: [proxyId],
    }),
  },
  "proxy.sendPool": { input: ({ poolId, runnerId }) => ({ id: poolId, runnerId, revision: 1 }) },
  "proxy.deletePool": id("poolId"),
  "profile.count": inProject,
  "profile.describe": { input: ({ profileId, groupId }) => ({ id: profileId, tags: ["a"], groupId }) },
  "profiles.create": {
    input: ({ projectId, runnerId, groupId }) => ({ projectId, runnerId, groupId, count: 3, pattern: "Many {n}" }),
  },
  "profiles.clone": { input: ({ projectId, profileId }) => ({ projectId, copies: [{ from: profileId }] }) },
  "profiles.edit": { input: ({ projectId, profileId, groupId }) => ({ projectId, ids: [profileId], groupId, addTags: ["a"] }) },
  "profiles.delete": { input: ({ projectId, unusedProfileId }) => ({ projectId, ids: [unusedProfileId] }) },
  "profiles.open": { input: ({ projectId, unusedProfileId }) => ({ projectId, ids: [unusedProfileId] }) },
  "profiles.close": { input: ({ projectId, unusedProfileId }) => ({ projectId, ids: [unusedProfileId] }) },
  "profiles.restore": { input: ({ projectId, deletedProfileId }) => ({ projectId, ids: [deletedProfileId] }) },
  "profiles.purge": { input: ({ projectId, deletedProfileId }) => ({ projectId, ids: [deletedProfileId] }) },
  "profiles.targets": { input: ({ projectId, profileId }) => ({ projectId, ids: [profileId] }) },
  "profileGroup.list": inProject,
  "profileGroup.create": { input: ({ projectId }) => ({ projectId, name: "Another" }) },
  "profileGroup.rename": { input: ({ groupId }) => ({ id: groupId, name: "Renamed" }) },
  "profileGroup.delete": id("groupId"),
  "profileMove.begin": {
    input: ({ projectId, runnerId, profileId }) => ({
      projectId,
      runnerId,
      moves: [
        { id: uuid(), profileId, token: "a".repeat(43), recipient: `age1${"q".repeat(58)}`, wordOut: sealedWord, wordIn: sealedWord },
      ],
    }),
  },
  // it is that runner's already
  "profileMove.claim": { input: ({ unusedProfileId, runnerId }) => ({ id: unusedProfileId, runnerId }), ends: "CONFLICT" },
  "profileMove.list": inProject,
  "profileMove.get": id("moveId"),
  "profileMove.cancel": id("moveId"),
  "profileRequest.list": inProject,
  "profileRequest.ask": { input: ({ heldProfileId }) => ({ profileId: heldProfileId }) },
  "profileRequest.withdraw": { input: ({ heldProfileId }) => ({ profileId: heldProfileId }) },
  "profileRequest.answer": { input: ({ requestId }) => ({ id: requestId, answer: "refused" }) },
  "profileRequest.take": { input: ({ heldProfileId }) => ({ profileId: heldProfileId, reason: "It hangs." }) },
  "savedFilter.list": inProject,
  "savedFilter.save": { input: ({ projectId }) => ({ projectId, name: "Mine", filter: { state: "saved" } }) },
  "savedFilter.delete": { input: ({ projectId }) => ({ projectId, name: "Mine" }) },
  "profile.import": {
    input: ({ profileId, parcelId }) => ({ id: profileId, parcelId, token: "a".repeat(43), sha256: "a".repeat(64), mode: "merge" }),
  },
  "profile.export": {
    input: ({ profileId, parcelId }) => ({
      id: profileId,
      parcelId,
      token: "a".repeat(43),
      format: "cookies-txt",
      name: null,
      recipient: `age1${"q".repeat(58)}`,
    }),
  },
  "profile.order": { input: ({ profileId }) => ({ id: profileId, order: { kind: "states" } }) },
  "parcel.create": { input: ({ projectId }) => ({ projectId, tokenHash: "a".repeat(64) }) },
  "task.get": id("taskId"),
  "workflow.list": inProject,
  "workflow.get": id("workflowId"),
  "workflow.check": { input: ({ projectId }) => ({ projectId, recording }) },
  "workflow.create": { input: ({ projectId }) => ({ projectId, recording, name: "Another" }) },
  "workflow.addVersion": { input: ({ workflowId }) => ({ id: workflowId, recording: otherRecording }) },
  "workflow.repairStep": { input: ({ finishedRunId }) => ({ id: finishedRunId, step: 1, selectors: ["#mended"] }) },
  "workflow.startTests": {
    input: ({ projectId, workflowId, runnerId, unusedProfileId }) => ({
      projectId,
      workflowId,
      runnerId,
      profileId: unusedProfileId,
      tests: [{ name: "none" }],
    }),
    ends: "NOT_FOUND",
  },
  "workflow.testRuns": id("workflowId"),
  "workflow.rename": { input: ({ workflowId }) => ({ id: workflowId, name: "Renamed" }) },
  // a schedule of the scene begins it
  "workflow.delete": { ...id("workflowId"), ends: "WORKFLOW_SCHEDULED" },
  "workflow.versions": id("workflowId"),
  "workflow.olderSchedules": id("workflowId"),
  "workflow.version": id("workflowId"),
  "deployment.create": {
    input: ({ projectId, workflowId, runnerId, unusedProfileId }) => ({ projectId, workflowId, runnerId, profileIds: [unusedProfileId] }),
  },
  "deployment.get": id("deploymentId"),
  "deployment.pauseSchedule": { input: ({ scheduledDeploymentId }) => ({ id: scheduledDeploymentId, paused: true }) },
  "deployment.removeSchedule": id("scheduledDeploymentId"),
  "deployment.renewSchedule": { ...id("scheduledDeploymentId"), ends: "WORKFLOW_UNCHANGED" },
  "deployment.renewal": { ...id("scheduledDeploymentId"), ends: "WORKFLOW_UNCHANGED" },
  "deployment.runSchedule": id("scheduledDeploymentId"),
  "deployment.changeSchedule": {
    input: ({ scheduledDeploymentId, profileId }) => ({ id: scheduledDeploymentId, profileIds: [profileId] }),
  },
  "deployment.terms": id("scheduledDeploymentId"),
  "deployment.firings": id("deploymentId"),
  "deployment.list": inProject,
  "deployment.progress": id("deploymentId"),
  "deployment.results": id("deploymentId"),
  "deployment.inputs": id("deploymentId"),
  "deployment.pause": id("deploymentId"),
  "deployment.resume": id("deploymentId"),
  "deployment.cancel": id("deploymentId"),
  "deployment.retry": id("deploymentId"),
  "run.list": inProject,
  "run.insights": inProject,
  "run.get": id("activeRunId"),
  "run.inputs": id("activeRunId"),
  "run.cancel": id("activeRunId"),
  "run.hold": { ...id("activeRunId"), ends: "CONFLICT" },
  "run.rerun": id("finishedRunId"),
  "run.log": { ...id("finishedRunId"), ends: "RUNNER_OFFLINE" },
  "live.changes": inProject,
  "alert.list": inProject,
  "alert.rules": inProject,
  "alert.createRule": { input: ({ projectId, webhookId }) => ({ projectId, ...rule, webhookIds: [webhookId] }) },
  "alert.changeRule": { input: ({ alertRuleId, webhookId }) => ({ id: alertRuleId, ...rule, webhookIds: [webhookId] }) },
  "alert.deleteRule": id("alertRuleId"),
  "alert.settings": inProject,
  "alert.changeSettings": { input: ({ projectId }) => ({ projectId, silentAfterMinutes: 30 }) },
  "trigger.list": inProject,
  "trigger.newSecret": id("triggerId"),
  "trigger.change": { input: ({ triggerId }) => ({ id: triggerId, enabled: false }) },
  "webhook.list": inProject,
  "webhook.get": id("webhookId"),
  "webhook.create": { input: ({ projectId }) => ({ projectId, name: "Hook", url: "https://hooks.example/" }) },
  "webhook.change": { input: ({ webhookId }) => ({ id: webhookId, name: "Renamed" }) },
  "webhook.delete": id("webhookId"),
  "webhook.rotateSecret": id("webhookId"),
  "webhook.test": id("webhookId"),
  "webhook.deliveries": id("webhookId"),
  "webhook.delivery": id("deliveryId"),
  "webhook.replay": id("deliveryId"),
  "webhook.replayFailed": { input: ({ webhookId }) => ({ id: webhookId, since: "2026-01-01T00:00:00.000Z" }) },
  "admin.relay": { input: () => ({ span: "1h" }) },
};

/** Not in REST: a person's own account, what streams, and the installation's own. */
const notInRest = /^(account|live|admin)\./;

/** Written out again here, so that a change of the policy is made on purpose. */
const scopes: Record<Permission, ApiKeyScope> = {
  "project.read": "read",
  "run.write": "run",
  "profile.write": "write",
  "workflow.write": "write",
  "runner.manage": "manage",
  "apiKey.manage": "manage",
  "alert.manage": "manage",
  "project.manage": "manage",
};
const roles: Record<Permission, MemberRole[]> = {
  "project.read": ["member", "admin", "owner"],
  "run.write": ["member", "admin", "owner"],
  "profile.write": ["member", "admin", "owner"],
  "workflow.write": ["member", "admin", "owner"],
  "runner.manage": ["admin", "owner"],
  "apiKey.manage": ["admin", "owner"],
  "alert.manage": ["admin", "owner"],
  "project.manage": ["owner"],
};

const procedures = Object.entries(proceduresOf(appRouter)).map(([path, { _def }]) => ({ path, ..._def, policy: _def.meta?.policy }));
const createCaller = createCallerFactory(appRouter);

let database: TestDatabase;
let db: Db;
let signals: SignalFeed;
let scene: PolicyScene;
let other: PolicyScene;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  const { logger } = testContext(db);
  signals = createSignalFeed(database.url, logger);
  const env = readEnv({ DATABASE_URL: database.url, AUTH_SECRET: "a secret of at least 32 characters" });
  Object.assign(globalThis, { [Symbol.for("deskhand.process")]: { env, logger, db, signals, runnerLink: undefined } });
  scene = await createPolicyScene(db);
  other = await createPolicyScene(db);
});
afterAll(async () => {
  await signals.close();
  await db.$disconnect();
  await database.drop();
});

/** Calls a procedure and says how it ended: "ok" or our error code. Of a subscription the first value is enough. */
async function call(path: string, actor: Actor, input: unknown): Promise<string> {
  const caller = createCaller({ ...testContext(db, actor), ip: uuid(), requestId: "test" });
  const procedure = path.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], caller);
  try {
    const result = await (procedure as (input: unknown) => Promise<unknown>)(input);
    if (typeof result === "object" && result !== null && Symbol.asyncIterator in result) {
      for await (const _ of result as AsyncIterable<unknown>) break;
    }
    return "ok";
  } catch (error) {
    return error instanceof TRPCError ? appErrorOf(error).code : `threw ${String(error)}`;
  }
}

function expected(policy: ProcedurePolicy, subject: Subject, sample: Sample): string {
  const allowed = sample.ends ?? "ok";
  if (policy === "public") return allowed;
  if (subject.actor.kind === "anonymous") return "UNAUTHENTICATED";
  if (policy === "operator") return subject.operator ? allowed : "NOT_FOUND";
  if (policy === "account") return subject.actor.kind === "user" ? allowed : "FORBIDDEN";
  if (!subject.role) return sample.unscoped ? allowed : "NOT_FOUND";
  if (subject.scopes && !subject.scopes.includes(scopes[policy])) return "SCOPE_MISSING";
  return roles[policy].includes(subject.role) ? allowed : "FORBIDDEN";
}

describe("all procedures", () => {
  test("each declares who may call it, and has a sample here", () => {
    expect(procedures.filter(({ policy }) => !policy).map(({ path }) => path)).toEqual([]);
    expect(Object.keys(samples).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  test("each is in REST, with an output schema, but accounts and streams", () => {
    const visible = procedures.filter(({ meta }) => meta?.openapi);
    expect(visible.filter(({ output, type }) => !output || type === "subscription").map(({ path }) => path)).toEqual([]);
    expect(procedures.filter((procedure) => !visible.includes(procedure) && !notInRest.test(procedure.path))).toEqual([]);
    expect(visible.filter(({ path }) => notInRest.test(path))).toEqual([]);
  });

  test("in REST, reading is GET and changing is not, and only what is public goes without a key", () => {
    for (const { path, type, meta, policy } of procedures) {
      if (!meta?.openapi) continue;
      expect([path, meta.openapi.method === "GET"]).toEqual([path, type === "query"]);
      expect([path, meta.openapi.protect ?? true]).toEqual([path, policy !== "public"]);
    }
  });
});

describe.each(procedures)("$path ($policy)", ({ path, type, policy }) => {
  const sample = samples[path];
  if (!sample || !policy) return; // told above

  test("whoever may call it can, and nobody else", async () => {
    const needed = policy in scopes ? scopes[policy as Permission] : undefined;
    for (const { name } of subjectsOf(scene, other, needed)) {
      const subject = subjectsOf(scene, other, needed).find((one) => one.name === name);
      if (!subject) throw new Error(`no ${name}`);
      const end = await call(path, subject.actor, sample.input(scene.ids));
      expect(`${name}: ${end}`).toBe(`${name}: ${expected(policy, subject, sample)}`);
      // what an allowed call changed must not decide the next
      if (end === "ok" && type === "mutation") scene = await createPolicyScene(db);
    }
  });

  const used = namesUsedBy(sample);
  test.each(used)("with a %s that is another project's or missing there is nothing to see", async (name) => {
    const { ids, people, key } = scene;
    for (const wrong of [other.ids[name], uuid()]) {
      const input = sample.input({ ...ids, [name]: wrong });
      expect(await call(path, people.owner, input)).toBe("NOT_FOUND");
      expect(await call(path, key({ role: "owner", scopes: ["read", "run", "write", "manage"] }), input)).toBe("NOT_FOUND");
    }
  });
});

test("a list without a project shows only what is the caller's", async () => {
  const mine = scene;
  const caller = (actor: Actor) => createCaller({ ...testContext(db, actor), ip: "192.0.2.1", requestId: "test" });
  const seen = async (actor: Actor) => (await caller(actor).project.list()).items.map((project) => project.id);
  expect(await seen(mine.people.member)).toEqual([mine.ids.projectId]);
  expect(await seen(mine.key({ role: "owner", scopes: ["read"] }))).toEqual([mine.ids.projectId]);
  expect(await call("project.list", mine.key({ role: "owner", scopes: ["manage"] }), undefined)).toBe("SCOPE_MISSING");
});

test("a session of somebody else cannot be revoked", async () => {
  const mine = scene;
  expect(await call("account.revokeSession", mine.people.owner, { id: other.people.owner.sessionId })).toBe("NOT_FOUND");
  expect(await call("account.revokeSession", mine.people.owner, { id: mine.people.owner.sessionId })).toBe("ok");
});

/** Which ids a sample reads, found by letting it read them. */
function namesUsedBy(sample: Sample): (keyof SceneIds)[] {
  const used = new Set<keyof SceneIds>();
  const spy = new Proxy({} as SceneIds, {
    get(_, name) {
      used.add(name as keyof SceneIds);
      return uuid();
    },
  });
  sample.input(spy);
  return [...used];
}

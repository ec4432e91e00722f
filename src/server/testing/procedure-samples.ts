import { generateKeyPairSync } from "node:crypto";
import { v7 as uuid } from "uuid";
import { sampleRecording } from "./factories.ts";
import type { SceneIds } from "./policy-scene.ts";
import { newSigningKey } from "./signing-key.ts";

export type Sample = {
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
export const procedureSamples: Record<string, Sample> = {
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

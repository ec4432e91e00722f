import { type ApiKeyScope, apiKeyScope } from "@deskhand/shared/schemas/api-key";
import { type MemberRole, memberRole } from "@deskhand/shared/schemas/project";
import { v7 as uuid } from "uuid";
import type { Actor } from "@/server/context";
import type { Db } from "@/server/db";
import {
  addMember,
  createProfile,
  createProxy,
  createRun,
  createRunner,
  createScene,
  createUser,
  createWebhookRow,
} from "@/server/testing/factories";
import { createSigningKey, makeSigningKey } from "./signing-key.ts";

/** Ids of one of everything in a project, as inputs name them. */
export type SceneIds = {
  projectId: string;
  runnerId: string;
  pendingRunnerId: string;
  profileId: string;
  unusedProfileId: string;
  deletedProfileId: string;
  proxyId: string;
  unusedProxyId: string;
  poolId: string;
  groupId: string;
  /** In use, by nobody who is known; nobody asks for it. */
  heldProfileId: string;
  /** Of the owner, for another profile that nobody who is known uses. */
  requestId: string;
  parcelId: string;
  moveId: string;
  taskId: string;
  workflowId: string;
  deploymentId: string;
  scheduledDeploymentId: string;
  triggerId: string;
  activeRunId: string;
  finishedRunId: string;
  apiKeyId: string;
  signingKeyId: string;
  webhookId: string;
  alertRuleId: string;
  deliveryId: string;
};

/** Somebody who calls, and what is known of them. */
export type Subject = {
  name: string;
  actor: Actor;
  /** The role in the project that the ids belong to. */
  role?: MemberRole;
  scopes?: ApiKeyScope[];
  /** Staff of the installation, and member of no project here. */
  operator?: true;
};

export type PolicyScene = {
  ids: SceneIds;
  operator: Actor;
  people: Record<MemberRole, Extract<Actor, { kind: "user" }>>;
  key: (options: KeyOptions) => Actor;
};

type KeyOptions = { role: MemberRole; scopes: ApiKeyScope[] };

/** A project with an owner, an admin and a member who are signed in, and one of everything. */
export async function createPolicyScene(db: Db): Promise<PolicyScene> {
  const scene = await createScene(db);
  const { projectId, runner } = scene;
  const [pending, unusedProfile, deletedProfile, admin, member] = await Promise.all([
    createRunner(db, { projectId, status: "pending", acceptedAt: null }),
    createProfile(db, { projectId, runnerId: runner.id }),
    createProfile(db, { projectId, runnerId: runner.id, deletedAt: new Date(), purgeAt: new Date(Date.now() + 60_000) }),
    addMember(db, projectId, "admin"),
    addMember(db, projectId, "member"),
  ]);
  const proxies = await addPool(db, projectId);
  const group = await db.profileGroup.create({ data: { projectId, name: "Shops", createdAt: new Date() } });
  const [heldProfile, askedProfile] = await Promise.all(
    [0, 1].map(() =>
      createProfile(db, { projectId, runnerId: runner.id, holderKind: "window", holderId: uuid(), holderSince: new Date() }),
    ),
  );
  if (!heldProfile || !askedProfile) throw new Error("no profile is held");
  const request = await db.profileRequest.create({
    data: {
      projectId,
      profileId: askedProfile.id,
      holderKind: "window",
      holderId: uuid(),
      requestedById: scene.owner.id,
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + 60_000),
    },
  });
  const signingKey = await createSigningKey(db, makeSigningKey(projectId), { projectId, createdById: scene.owner.id });
  const times = { createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
  const parcel = await db.parcel.create({ data: { projectId, tokenHash: uuid(), ...times } });
  const ways = { fromRunnerId: runner.id, toRunnerId: runner.id, createdAt: new Date() };
  const orders = {
    id: uuid(),
    profileId: scene.profile.id,
    token: "a".repeat(43),
    recipient: runner.sealRecipient,
    wordOut: "",
    wordIn: "",
  };
  const move = await db.profileMove.create({ data: { id: orders.id, projectId, profileId: scene.profile.id, ...ways, orders } });
  const task = await db.command.create({
    data: { projectId, runnerId: runner.id, kind: "profile.configure", payload: {}, createdAt: new Date(), deadlineAt: times.expiresAt },
  });
  const alerting = await addWebhook(db, projectId);
  const operator = await signedIn(db, (await createUser(db, { isOperator: true })).id);
  const [active, finished, apiKeyId, ...actors] = await Promise.all([
    createRun(db, scene),
    createRun(db, { ...scene, state: "succeeded" }),
    addKey(db, projectId, scene.owner.id),
    ...[scene.owner, admin, member].map((user) => signedIn(db, user.id)),
  ]);
  const [ownerActor, adminActor, memberActor] = actors;
  if (!ownerActor || !adminActor || !memberActor) throw new Error("not everybody is signed in");
  const people = { owner: ownerActor, admin: adminActor, member: memberActor };
  const scheduled = await createRun(db, { ...scene, state: "succeeded" });
  const schedule = { when: { kind: "every", minutes: 5 }, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
  await db.deployment.update({ where: { id: scheduled.deployment.id }, data: { schedule } });
  const trigger = await db.trigger.create({ data: { projectId, deploymentId: scheduled.deployment.id, createdAt: new Date() } });
  return {
    ids: {
      projectId,
      triggerId: trigger.id,
      runnerId: runner.id,
      pendingRunnerId: pending.id,
      profileId: scene.profile.id,
      unusedProfileId: unusedProfile.id,
      deletedProfileId: deletedProfile.id,
      ...proxies,
      groupId: group.id,
      heldProfileId: heldProfile.id,
      requestId: request.id,
      parcelId: parcel.id,
      moveId: move.id,
      taskId: task.id,
      workflowId: scene.workflow.id,
      deploymentId: active.deployment.id,
      scheduledDeploymentId: scheduled.deployment.id,
      activeRunId: active.run.id,
      finishedRunId: finished.run.id,
      apiKeyId,
      signingKeyId: signingKey.id,
      ...alerting,
    },
    operator,
    people,
    key: ({ role, scopes }) => ({ kind: "apiKey", apiKeyId, projectId, userId: people[role].userId, scopes }),
  };
}

/** Everybody that a procedure of `scene` may be called by. `other` is somebody else's project. */
export function subjectsOf(scene: PolicyScene, other: PolicyScene, needed: ApiKeyScope | undefined): Subject[] {
  const all = [...apiKeyScope.options];
  const keys: (KeyOptions & { name: string })[] = needed
    ? [
        { name: "an API key with the scope alone", role: "owner", scopes: [needed] },
        { name: "an API key with every other scope", role: "owner", scopes: all.filter((scope) => scope !== needed) },
        { name: "an API key with all scopes, made by a member", role: "member", scopes: all },
      ]
    : [{ name: "an API key with all scopes", role: "owner", scopes: all }];
  return [
    { name: "nobody", actor: { kind: "anonymous" } },
    { name: "the owner of another project", actor: other.people.owner },
    { name: "an operator of the installation", actor: scene.operator, operator: true },
    { name: "an API key of another project", actor: other.key({ role: "owner", scopes: all }), scopes: all },
    ...memberRole.options.map((role) => ({ name: `a project's ${role}`, actor: scene.people[role], role })),
    ...keys.map(({ name, role, scopes }) => ({ name, actor: scene.key({ role, scopes }), role, scopes })),
  ];
}

async function signedIn(db: Db, userId: string): Promise<Extract<Actor, { kind: "user" }>> {
  const now = new Date();
  const data = { userId, tokenHash: uuid(), createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + 60 * 60_000) };
  const session = await db.session.create({ data, select: { id: true } });
  return { kind: "user", userId, sessionId: session.id };
}

async function addKey(db: Db, projectId: string, createdById: string): Promise<string> {
  const data = { projectId, createdById, name: "CI", prefix: "dh_abcdef", secretHash: uuid(), scopes: ["read"], createdAt: new Date() };
  return (await db.apiKey.create({ data, select: { id: true } })).id;
}

/** A pool of one proxy, and a proxy that nothing uses. */
async function addPool(db: Db, projectId: string): Promise<{ proxyId: string; unusedProxyId: string; poolId: string }> {
  const [proxy, unused] = await Promise.all([createProxy(db, { projectId }), createProxy(db, { projectId })]);
  const data = { id: uuid(), projectId, name: "Pool", strategy: "random", coolDownSeconds: 60, createdAt: new Date() };
  await db.proxyPool.create({ data: { ...data, members: { create: { proxyId: proxy.id, position: 0 } } } });
  return { proxyId: proxy.id, unusedProxyId: unused.id, poolId: data.id };
}

/** A webhook with a rule that names it and a delivery to it. */
async function addWebhook(db: Db, projectId: string): Promise<{ webhookId: string; alertRuleId: string; deliveryId: string }> {
  const createdAt = new Date();
  const webhook = await createWebhookRow(db, { projectId });
  const rule = await db.alertRule.create({
    data: { projectId, name: "Failures", events: ["deployment.failed"], createdAt, webhooks: { create: { webhookId: webhook.id } } },
  });
  const alert = await db.alert.create({ data: { projectId, type: "webhook.test", cause: uuid(), data: {}, createdAt } });
  const delivery = await db.delivery.create({ data: { projectId, alertId: alert.id, webhookId: webhook.id, createdAt, state: "failed" } });
  return { webhookId: webhook.id, alertRuleId: rule.id, deliveryId: delivery.id };
}

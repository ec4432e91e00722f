import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { MemberRole } from "@deskhand/shared/schemas/project";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { type CommandState, isFinal } from "@deskhand/shared/schemas/run";
import { v7 as uuid } from "uuid";
import { type Actor, type Clock, type Context, systemClock } from "@/server/context";
import type { Db } from "@/server/db";
import { readDeviceKey } from "@/server/domain/runner/fingerprint";
import { newWebhookSecret, sealWebhookSecret } from "@/server/domain/webhook/secret";
import { contentHash } from "@/server/domain/workflow/content-hash";
import type {
  Prisma,
  Profile,
  Project,
  Proxy as ProxyRow,
  Runner,
  User,
  Webhook,
  Workflow,
  WorkflowVersion,
} from "@/server/generated/prisma/client";
import { createLogger } from "@/server/logger";

/** Rows straight in the database, for tests: complete, valid, and each its own unless told otherwise. */

const short = () => randomBytes(4).toString("hex");

/** A clock that a test moves. */
export function testClock(start = new Date()): Clock & { advance(ms: number): void } {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
  };
}

export function testContext(db: Db, actor: Actor = { kind: "system" }, clock: Clock = systemClock): Context {
  return { db, actor, clock, logger: createLogger("silent") };
}

/** The person as signed in; there is no session row behind it. */
export function actorOf(user: { id: string }): Extract<Actor, { kind: "user" }> {
  return { kind: "user", userId: user.id, sessionId: uuid() };
}

export function createUser(db: Db, data: Partial<Prisma.UserUncheckedCreateInput> = {}): Promise<User> {
  const tag = short();
  return db.user.create({ data: { email: `${tag}@example.com`, name: `Person ${tag}`, createdAt: new Date(), ...data } });
}

/** A project with its owner. */
export async function createProject(db: Db, data: { name?: string; owner?: User } = {}): Promise<Project & { owner: User }> {
  const owner = data.owner ?? (await createUser(db));
  const project = await db.project.create({
    data: {
      name: data.name ?? `Project ${short()}`,
      createdAt: new Date(),
      members: { create: { userId: owner.id, role: "owner", createdAt: new Date() } },
    },
  });
  return { ...project, owner };
}

export async function addMember(db: Db, projectId: string, role: MemberRole): Promise<User> {
  const user = await createUser(db);
  await db.member.create({ data: { projectId, userId: user.id, role, createdAt: new Date() } });
  return user;
}

/** An accepted runner with a real device key; offline unless `online`. */
export async function createRunner(
  db: Db,
  { online, ...data }: { projectId: string; online?: boolean } & Partial<Prisma.RunnerUncheckedCreateInput>,
): Promise<Runner & { privateKey: KeyObject }> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const now = new Date();
  const runner = await db.runner.create({
    data: {
      name: `Runner ${short()}`,
      platform: "linux",
      arch: "x64",
      version: "0.1.0",
      sealRecipient: `age1${"q".repeat(58)}`,
      status: "accepted",
      acceptedAt: now,
      createdAt: now,
      keyCreatedAt: now,
      ...readDeviceKey(publicKey.export({ format: "der", type: "spki" }).toString("base64")),
      ...(online ? { connectionId: uuid(), connectedAt: now, lastSeenAt: now } : {}),
      ...data,
    },
  });
  return { ...runner, privateKey };
}

export function createProfile(
  db: Db,
  data: { projectId: string; runnerId: string } & Partial<Prisma.ProfileUncheckedCreateInput>,
): Promise<Profile> {
  return db.profile.create({ data: { name: `Profile ${short()}`, createdAt: new Date(), ...data } });
}

/** Open to everybody unless told otherwise. */
export function createProxy(db: Db, data: { projectId: string } & Partial<Prisma.ProxyUncheckedCreateInput>): Promise<ProxyRow> {
  const usual = { scheme: "http", host: `${short()}.proxy.example`, port: 8080, createdAt: new Date() };
  return db.proxy.create({ data: { id: uuid(), ...usual, ...data } });
}

/** A recording of two steps that runs anywhere. */
export const sampleRecording: Recording = {
  title: "Look at a page",
  steps: [
    { type: "navigate", url: "about:blank" },
    { type: "waitForElement", selectors: ["body"] },
  ],
};

/** A workflow whose first version is `recording`. */
export async function createWorkflow(
  db: Db,
  data: { projectId: string; name?: string; recording?: Recording },
): Promise<Workflow & { version: WorkflowVersion }> {
  const recording = data.recording ?? sampleRecording;
  const now = new Date();
  const { versions, ...workflow } = await db.workflow.create({
    data: {
      projectId: data.projectId,
      name: data.name ?? recording.title,
      createdAt: now,
      updatedAt: now,
      versions: {
        create: { number: 1, contentHash: contentHash(recording), content: recording as unknown as Prisma.InputJsonObject, createdAt: now },
      },
    },
    include: { versions: true },
  });
  const [version] = versions;
  if (!version) throw new Error("the workflow has no version");
  return { ...workflow, version };
}

/** Everything that a run needs: project with owner, an accepted runner, a profile, a workflow. */
export async function createScene(db: Db, options: { online?: boolean; recording?: Recording } = {}) {
  const project = await createProject(db);
  const projectId = project.id;
  const runner = await createRunner(db, { projectId, online: options.online ?? false });
  const profile = await createProfile(db, { projectId, runnerId: runner.id });
  const workflow = await createWorkflow(db, { projectId, ...(options.recording ? { recording: options.recording } : {}) });
  return { project, projectId, owner: project.owner, actor: actorOf(project.owner), runner, profile, workflow };
}

type RunOf = {
  projectId: string;
  runner: { id: string };
  profile: { id: string };
  workflow: { version: WorkflowVersion };
  state?: CommandState;
  createdAt?: Date;
  deadlineAt?: Date;
};

/** A deployment with one run and its command in the given state (queued when absent); takes what `createScene` gives. */
export async function createRun(db: Db, scene: RunOf) {
  const { projectId, runner, profile, workflow, state = "queued", createdAt = new Date() } = scene;
  const { version } = workflow;
  const shared = { projectId, runnerId: runner.id, createdAt };
  const ends = { state, finishedAt: isFinal(state) ? createdAt : null };
  const deployment = await db.deployment.create({
    data: { ...shared, workflowVersionId: version.id, inputs: {}, requestHash: contentHash({}) },
  });
  const run = await db.run.create({
    data: {
      ...shared,
      ...ends,
      deploymentId: deployment.id,
      workflowVersionId: version.id,
      profileId: profile.id,
      startedAt: ["running", "succeeded", "failed"].includes(state) ? createdAt : null,
    },
  });
  const command = await db.command.create({
    data: {
      ...shared,
      ...ends,
      kind: "run.start",
      payload: { runId: run.id, profileId: profile.id, workflowVersionId: version.id },
      runId: run.id,
      deadlineAt: scene.deadlineAt ?? new Date(createdAt.getTime() + 24 * 60 * 60_000),
      transitions: { create: { from: null, to: state, actor: "system", at: createdAt } },
    },
  });
  return { deployment, run, command };
}

/** AUTH_SECRET of tests. */
export const testSecret = "a secret that is long enough for tests";

/** A webhook; `secret` is what it signs with when `testSecret` is AUTH_SECRET. */
export async function createWebhookRow(
  db: Db,
  data: { projectId: string } & Partial<Prisma.WebhookUncheckedCreateInput>,
): Promise<Webhook & { secret: string }> {
  const secret = newWebhookSecret();
  const webhook = await db.webhook.create({
    data: {
      name: `Webhook ${short()}`,
      url: "https://hooks.example/in",
      sealedSecret: sealWebhookSecret(testSecret, secret),
      createdAt: new Date(),
      ...data,
    },
  });
  return { ...webhook, secret };
}

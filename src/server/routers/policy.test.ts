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
import { testContext } from "@/server/testing/factories";
import { createPolicyScene, type PolicyScene, type SceneIds, type Subject, subjectsOf } from "@/server/testing/policy-scene";
import { type Sample, procedureSamples as samples } from "@/server/testing/procedure-samples";
import { appRouter } from "./_app.ts";
import { appErrorOf, createCallerFactory, type ProcedurePolicy, proceduresOf } from "./trpc.ts";

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
  test("each declares who may call it, and has a sample", () => {
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

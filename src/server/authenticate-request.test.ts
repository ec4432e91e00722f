import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { authenticateRequest } from "@/server/authenticate-request";
import { createDb, type Db } from "@/server/db";
import { createApiKey } from "@/server/domain/api-key/create-api-key";
import { listApiKeys } from "@/server/domain/api-key/queries";
import { revokeApiKey } from "@/server/domain/api-key/revoke-api-key";
import { createSession } from "@/server/domain/session/create-session";
import { endSession } from "@/server/domain/session/end-session";
import { listSessions } from "@/server/domain/session/queries";
import { revokeOtherSessions } from "@/server/domain/session/revoke-other-sessions";
import { revokeSession } from "@/server/domain/session/revoke-session";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { actorOf, addMember, createProject, createUser, testClock, testContext } from "@/server/testing/factories";
import { sessionCookieFor } from "@/server/testing/session-cookie";

const env = { PUBLIC_URL: "http://localhost:3000", AUTH_SECRET: "a secret of at least 32 characters" };
const DAY = 24 * 60 * 60_000;

let database: TestDatabase;
let db: Db;
let clock: ReturnType<typeof testClock>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(() => {
  clock = testClock();
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const { logger } = testContext({} as Db);
const authenticate = (headers: Record<string, string>) => authenticateRequest(new Headers(headers), { db, env, logger, clock });
const anonymous = { kind: "anonymous" };

describe("a session", () => {
  async function signedIn(userId?: string) {
    const id = userId ?? (await createUser(db)).id;
    const session = await createSession(testContext(db, { kind: "anonymous" }, clock), { userId: id, userAgent: "Firefox" });
    const { name, value } = await sessionCookieFor(session.token, env);
    const actor = { kind: "user" as const, userId: id, sessionId: session.sessionId };
    return { ...session, actor, ctx: testContext(db, actor, clock), headers: { cookie: `theme=dark; ${name}=${value}` } };
  }

  test("the cookie says who it is", async () => {
    const { headers, actor } = await signedIn();
    expect(await authenticate(headers)).toEqual(actor);
  });

  test("revoking it works at once", async () => {
    const first = await signedIn();
    const second = await signedIn(first.actor.userId);
    await revokeSession(first.ctx, { id: second.sessionId });
    expect(await authenticate(second.headers)).toEqual(anonymous);
    expect(await authenticate(first.headers)).toEqual(first.actor);
    expect((await listSessions(first.ctx)).items.map(({ id, current }) => [id, current])).toEqual([[first.sessionId, true]]);
  });

  test("revoking the others leaves the one that asks, and other people's", async () => {
    const stranger = await signedIn();
    const mine = await signedIn();
    const others = [await signedIn(mine.actor.userId), await signedIn(mine.actor.userId)];
    await revokeOtherSessions(mine.ctx);
    for (const { headers } of others) expect(await authenticate(headers)).toEqual(anonymous);
    expect(await authenticate(mine.headers)).toEqual(mine.actor);
    expect(await authenticate(stranger.headers)).toEqual(stranger.actor);
  });

  test("nobody revokes somebody else's, and is not told that it exists", async () => {
    const mine = await signedIn();
    const theirs = await signedIn();
    await expect(revokeSession(mine.ctx, { id: theirs.sessionId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await authenticate(theirs.headers)).toEqual(theirs.actor);
  });

  test("signing out ends it for every copy of the cookie", async () => {
    const { token, headers, ctx } = await signedIn();
    await endSession(ctx, token);
    expect(await authenticate(headers)).toEqual(anonymous);
  });

  test("it ends 30 days after its last use and not before", async () => {
    const { headers, actor } = await signedIn();
    clock.advance(29 * DAY);
    expect(await authenticate(headers)).toEqual(actor);
    clock.advance(29 * DAY);
    expect(await authenticate(headers)).toEqual(actor);
    clock.advance(30 * DAY);
    expect(await authenticate(headers)).toEqual(anonymous);
  });

  test("its use is written down at most once a minute", async () => {
    const { headers, sessionId } = await signedIn();
    const lastSeen = async () => (await db.session.findUniqueOrThrow({ where: { id: sessionId } })).lastSeenAt.getTime();
    const start = await lastSeen();
    clock.advance(59_000);
    await authenticate(headers);
    expect(await lastSeen()).toBe(start);
    clock.advance(1_000);
    await authenticate(headers);
    expect(await lastSeen()).toBe(start + 60_000);
  });

  test("rows that ended are removed when the person signs in again", async () => {
    const { actor, sessionId } = await signedIn();
    clock.advance(31 * DAY);
    await signedIn(actor.userId);
    expect(await db.session.findUnique({ where: { id: sessionId } })).toBeNull();
  });

  test("a cookie that was made with another secret, or made up, is nobody", async () => {
    const { token } = await signedIn();
    const forged = await sessionCookieFor(token, { ...env, AUTH_SECRET: "another secret of 32 characters...." });
    expect(await authenticate({ cookie: `${forged.name}=${forged.value}` })).toEqual(anonymous);
    for (const value of [token, "", "e30.e30.", "x".repeat(5000)]) {
      expect(await authenticate({ cookie: `${forged.name}=${value}` })).toEqual(anonymous);
    }
  });
});

describe("an API key", () => {
  async function withKey(scopes: ("read" | "run" | "write" | "manage")[] = ["read"]) {
    const { id: projectId, owner } = await createProject(db);
    const ctx = testContext(db, actorOf(owner), clock);
    const created = await createApiKey(ctx, { projectId, name: "CI", scopes });
    return { ...created, ctx, projectId, owner, headers: { authorization: `Bearer ${created.key}` } };
  }

  test("it is shown once, and stored as a hash", async () => {
    const { key, id, prefix, ctx, projectId } = await withKey();
    expect(key).toMatch(/^dh_[\w-]{43}$/);
    const row = await db.apiKey.findUniqueOrThrow({ where: { id } });
    expect(JSON.stringify(row)).not.toContain(key);
    const listed = await listApiKeys(ctx, { projectId });
    expect(JSON.stringify(listed)).not.toContain(key.slice(prefix.length));
    expect(listed.items).toMatchObject([{ id, prefix: key.slice(0, 9), lastUsedAt: null, revokedAt: null }]);
  });

  test("it acts for its project with its scopes, as the person who made it", async () => {
    const { id, headers, projectId, owner } = await withKey(["read", "run"]);
    expect(await authenticate(headers)).toEqual({ kind: "apiKey", apiKeyId: id, projectId, userId: owner.id, scopes: ["read", "run"] });
  });

  test("revoking it works at once and for good", async () => {
    const { id, headers, ctx } = await withKey();
    const revoked = await revokeApiKey(ctx, { id });
    expect(await authenticate(headers)).toEqual(anonymous);
    clock.advance(60_000);
    expect(await revokeApiKey(ctx, { id })).toEqual(revoked);
  });

  test("its use is written down at most once a minute", async () => {
    const { id, headers } = await withKey();
    const used = async () => (await db.apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt?.getTime();
    await authenticate(headers);
    const first = await used();
    clock.advance(59_000);
    await authenticate(headers);
    expect(await used()).toBe(first);
    clock.advance(1_000);
    await authenticate(headers);
    expect(await used()).toBe(clock.now().getTime());
  });

  test("it cannot make a key that may do more than itself", async () => {
    const { headers } = await withKey(["read", "manage"]);
    const ctx = testContext(db, await authenticate(headers), clock);
    await expect(createApiKey(ctx, { name: "more", scopes: ["run"] })).rejects.toMatchObject({ code: "SCOPE_MISSING" });
    expect((await createApiKey(ctx, { name: "less", scopes: ["read"] })).scopes).toEqual(["read"]);
  });

  test("it may do no more than the person who made it may now", async () => {
    const { projectId } = await withKey();
    const admin = await addMember(db, projectId, "admin");
    const { key } = await createApiKey(testContext(db, actorOf(admin), clock), { projectId, name: "CI", scopes: ["manage"] });
    const ctx = testContext(db, await authenticate({ authorization: `Bearer ${key}` }), clock);
    await listApiKeys(ctx, {});
    await db.member.update({ where: { projectId_userId: { projectId, userId: admin.id } }, data: { role: "member" } });
    await expect(listApiKeys(ctx, {})).rejects.toMatchObject({ code: "FORBIDDEN" });
    await db.member.delete({ where: { projectId_userId: { projectId, userId: admin.id } } });
    await expect(listApiKeys(ctx, {})).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a project has at most 100 that are not revoked", async () => {
    const { ctx, projectId, owner } = await withKey();
    const row = (i: number) => ({
      projectId,
      createdById: owner.id,
      name: `${i}`,
      prefix: "dh_",
      secretHash: `${i}`,
      createdAt: clock.now(),
    });
    await db.apiKey.createMany({ data: Array.from({ length: 99 }, (_, i) => row(i)) });
    await expect(createApiKey(ctx, { projectId, name: "one more", scopes: ["read"] })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test.each(["", "Bearer", "Bearer ", "Basic abc", "Bearer dh_nothing", "dh_x", `Bearer dh_${"x".repeat(10_000)}`])(
    "an Authorization header that is no key of ours (%#) is nobody, even beside a good cookie",
    async (authorization) => {
      const { token } = await createSession(testContext(db), { userId: (await createUser(db)).id, userAgent: null });
      const { name, value } = await sessionCookieFor(token, env);
      expect(await authenticate({ authorization, cookie: `${name}=${value}` })).toEqual(anonymous);
    },
  );
});

import type { Change } from "@deskhand/shared/schemas/change";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { createSession } from "@/server/domain/session/create-session";
import { createSignalFeed, type SignalFeed, sendSignals } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, addMember, createProject, testContext } from "@/server/testing/factories";
import { watchProject } from "./watch-project.ts";

let database: TestDatabase;
let db: Db;
let feed: SignalFeed;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  feed = createSignalFeed(database.url, testContext(db).logger);
  await new Promise<void>((resolve) => feed.once("resync", resolve));
});

afterAll(async () => {
  await feed.close();
  await db.$disconnect();
  await database.drop();
});

async function watch(ctx: Context, projectId: string, pace = { coalesceMs: 50, recheckMs: 60_000 }) {
  const end = new AbortController();
  const changes = await watchProject(ctx, { projectId }, feed, end.signal, pace);
  const next = async () => (await changes.next()).value as Change;
  return { changes, next, end };
}

const hint = (projectId: string, id = uuid()) => ({ kind: "change" as const, projectId, topic: "run" as const, id });

describe("watching a project", () => {
  test("it begins with a hint for everything, then tells its own project's changes and no other's", async () => {
    const project = await createProject(db);
    const other = await createProject(db);
    const { next, end, changes } = await watch(testContext(db, actorOf(project.owner)), project.id);
    expect(await next()).toEqual({ projectId: project.id, topic: "project", id: project.id });
    const mine = hint(project.id);
    await sendSignals(db, [hint(other.id), { kind: "commands", runnerId: uuid() }, mine]);
    expect(await next()).toEqual({ projectId: project.id, topic: "run", id: mine.id });
    end.abort();
    expect(await changes.next()).toMatchObject({ done: true });
  });

  test("a burst of the same hint is told once, and what comes after it is told again", async () => {
    const project = await createProject(db);
    const { next, end } = await watch(testContext(db, actorOf(project.owner)), project.id, { coalesceMs: 300, recheckMs: 60_000 });
    await next();
    const [a, b] = [hint(project.id), hint(project.id)];
    const heard: string[] = [];
    const collected = (async () => {
      while (heard.at(-1) !== b.id) heard.push((await next()).id);
    })();
    for (let i = 0; i < 20; i++) await sendSignals(db, [a]);
    await sendSignals(db, [b]);
    await collected;
    expect(heard.filter((id) => id === a.id).length).toBeLessThan(20);
    expect(heard.at(-2)).toBe(a.id);
    end.abort();
  });

  test("after a lost connection to the database it says to look at everything again", async () => {
    const project = await createProject(db);
    const { next, end } = await watch(testContext(db, actorOf(project.owner)), project.id);
    await next();
    await db.$executeRaw`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`;
    expect(await next()).toMatchObject({ topic: "project", id: project.id });
    end.abort();
  });

  test("strangers are refused before anything is told", async () => {
    const project = await createProject(db);
    const stranger = await createProject(db);
    await expectCode(watch(testContext(db, actorOf(stranger.owner)), project.id), "NOT_FOUND");
    await expectCode(watch(testContext(db, { kind: "anonymous" }), project.id), "UNAUTHENTICATED");
  });

  test("it ends for who left the project and for a session that was revoked", async () => {
    const project = await createProject(db);
    const pace = { coalesceMs: 10, recheckMs: 20 };
    for (const leave of ["membership", "session"] as const) {
      const user = await addMember(db, project.id, "member");
      const { sessionId } = await createSession(testContext(db), { userId: user.id, userAgent: null });
      const ctx = testContext(db, { kind: "user", userId: user.id, sessionId });
      const { next } = await watch(ctx, project.id, pace);
      await next();
      if (leave === "membership") await db.member.delete({ where: { projectId_userId: { projectId: project.id, userId: user.id } } });
      else await db.session.update({ where: { id: sessionId }, data: { revokedAt: new Date() } });
      await expectCode(next(), leave === "membership" ? "NOT_FOUND" : "UNAUTHENTICATED");
    }
  });

  test("whoever stops watching leaves no listener behind", async () => {
    const project = await createProject(db);
    const before = feed.listenerCount("signal");
    const { next, end, changes } = await watch(testContext(db, actorOf(project.owner)), project.id);
    await next();
    expect(feed.listenerCount("signal")).toBe(before + 1);
    end.abort();
    await changes.next();
    expect(feed.listenerCount("signal")).toBe(before);
  });
});

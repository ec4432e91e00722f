import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createSession } from "@/server/domain/session/create-session";
import { revokeSession } from "@/server/domain/session/revoke-session";
import { readEnv } from "@/server/env";
import { signUpByAddress } from "@/server/limits";
import { createSignalFeed, type SignalFeed } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { actorOf, createProject, testContext } from "@/server/testing/factories";
import { sessionCookieFor } from "@/server/testing/session-cookie";
import { POST as handle } from "./[trpc]/route.ts";

const publicUrl = "http://localhost:3000";
let database: TestDatabase;
let db: Db;
let signals: SignalFeed;
let env: ReturnType<typeof readEnv>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  env = readEnv({ DATABASE_URL: database.url, AUTH_SECRET: "a secret of at least 32 characters" });
  const { logger } = testContext(db);
  signals = createSignalFeed(database.url, logger);
  Object.assign(globalThis, { [Symbol.for("deskhand.process")]: { env, logger, db, signals, runnerLink: undefined } });
});
afterAll(async () => {
  await signals.close();
  await db.$disconnect();
  await database.drop();
});

async function person() {
  const project = await createProject(db);
  const session = await createSession(testContext(db), { userId: project.owner.id, userAgent: null });
  const { name, value } = await sessionCookieFor(session.token, env);
  return { project, ...session, headers: { cookie: `${name}=${value}` } };
}

function send(path: string, input: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify(input);
  return handle(
    new Request(`${publicUrl}/api/trpc/${path}`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } }),
  );
}

function read(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return handle(new Request(`${publicUrl}/api/trpc/${path}`, { headers, ...(signal ? { signal } : {}) }));
}

async function outcome(response: Response) {
  const { error } = (await response.json()) as { error?: { data: { appCode: string } } };
  return { status: response.status, code: error?.data.appCode ?? "ok" };
}

describe("who calls", () => {
  test("nobody in particular is told to sign in, a person is known, and a revoked session is nobody at once", async () => {
    const ada = await person();
    expect(await outcome(await read("account.me"))).toEqual({ status: 401, code: "UNAUTHENTICATED" });
    const me = (await (await read("account.me", ada.headers)).json()) as { result: { data: { id: string } } };
    expect(me.result.data.id).toBe(ada.project.owner.id);
    await revokeSession(testContext(db, actorOf(ada.project.owner)), { id: ada.sessionId });
    expect(await outcome(await read("account.me", ada.headers))).toEqual({ status: 401, code: "UNAUTHENTICATED" });
  });

  test("a change by cookie must come from our own pages", async () => {
    const ada = await person();
    const rename = (headers: Record<string, string>) =>
      send("project.rename", { id: ada.project.id, name: "New" }, { ...ada.headers, ...headers });
    for (const headers of [{}, { origin: "https://evil.example" }, { origin: publicUrl, "sec-fetch-site": "same-site" }]) {
      expect(await outcome(await rename(headers as Record<string, string>))).toEqual({ status: 403, code: "FORBIDDEN" });
    }
    expect((await db.project.findUniqueOrThrow({ where: { id: ada.project.id } })).name).toBe(ada.project.name);
    expect(await outcome(await rename({ origin: publicUrl, "sec-fetch-site": "same-origin" }))).toEqual({ status: 200, code: "ok" });
  });

  test("a change is never made by GET", async () => {
    const ada = await person();
    const input = encodeURIComponent(JSON.stringify({ id: ada.project.id, name: "By link" }));
    expect((await read(`project.rename?input=${input}`, ada.headers)).status).not.toBe(200);
    expect((await db.project.findUniqueOrThrow({ where: { id: ada.project.id } })).name).toBe(ada.project.name);
  });
});

describe("the answer", () => {
  test("an error has our code's status and the request's id", async () => {
    const response = await read("nothing.here", { "x-request-id": "my-own-request-7" });
    expect(response.headers.get("x-request-id")).toBe("my-own-request-7");
    expect(await outcome(response)).toEqual({ status: 404, code: "NOT_FOUND" });
  });

  test("a body of more than 3 MB is refused in tRPC's form", async () => {
    expect(await outcome(await send("account.signUp", { name: "x".repeat(3_000_001) }))).toEqual({
      status: 413,
      code: "PAYLOAD_TOO_LARGE",
    });
  });

  test("too many sign-ups are told how long to wait, and a client cannot name another address", async () => {
    const wrong = { name: "Eve", email: "eve@example.com", password: "correct horse battery" };
    const from = (i: number) => ({ "x-forwarded-for": `1.2.3.${i}, 203.0.113.7` });
    await Promise.all(Array.from({ length: signUpByAddress.points }, (_, i) => send("account.signUp", wrong, from(i))));
    const response = await send("account.signUp", wrong, from(200));
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await outcome(response)).toEqual({ status: 429, code: "RATE_LIMITED" });
  });
});

test("a subscription streams hints until the caller leaves", async () => {
  const ada = await person();
  const leave = new AbortController();
  const input = encodeURIComponent(JSON.stringify({ projectId: ada.project.id }));
  const headers = { ...ada.headers, accept: "text/event-stream" };
  const response = await read(`live.changes?input=${input}`, headers, leave.signal);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let heard = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    heard += decoder.decode(chunk, { stream: true });
    if (heard.includes('"topic":"project"')) break;
  }
  leave.abort();
  expect(heard).toContain(ada.project.id);
});

import NextAuth from "next-auth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthOptions } from "@/server/auth-options";
import { authenticateRequest } from "@/server/authenticate-request";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { signUp } from "@/server/domain/account/sign-up";
import { type Env, readEnv } from "@/server/env";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { testContext } from "@/server/testing/factories";

let database: TestDatabase;
let db: Db;
let ctx: Context;
const password = "correct horse battery";
const email = "ada@example.com";

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  ctx = testContext(db, { kind: "anonymous" });
  await signUp(ctx, { name: "Ada", email, password }, "192.0.2.1");
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

function settings(publicUrl: string): Env {
  return readEnv({ PUBLIC_URL: publicUrl, DATABASE_URL: database.url, AUTH_SECRET: "a secret of at least 32 characters" });
}

/** A browser as far as next-auth sees one: keeps cookies, calls the handler. */
function browser(env: Env) {
  const jar = new Map<string, string>();
  const raw: string[] = [];
  async function call(method: "GET" | "POST", path: string, body: Record<string, string> = {}) {
    process.env.NEXTAUTH_URL = env.PUBLIC_URL;
    const answer: { status: number; body: unknown } = { status: 200, body: undefined };
    let setCookies: string[] = [];
    const response = {
      status(status: number) {
        answer.status = status;
        return response;
      },
      getHeader: (name: string) => (name === "Set-Cookie" ? setCookies : undefined),
      setHeader(name: string, value: string[]) {
        if (name === "Set-Cookie") setCookies = value;
        return response;
      },
      json(value: unknown) {
        answer.body = value;
      },
      send(value: unknown) {
        answer.body = value;
      },
      end() {},
    };
    const request = { method, query: { nextauth: path.split("/") }, body, headers: {}, cookies: Object.fromEntries(jar) };
    const options = createAuthOptions(env, ctx, { clientAddress: "192.0.2.2", userAgent: "a test" });
    await NextAuth(request as never, response as never, options);
    for (const cookie of setCookies) {
      raw.push(cookie);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, decodeURIComponent(value));
    }
    return answer;
  }
  const csrf = async () => ((await call("GET", "csrf")).body as { csrfToken: string }).csrfToken;
  return {
    call,
    raw,
    jar,
    csrf,
    headers: () => new Headers({ cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") }),
    signIn: async (secret = password) => {
      const csrfToken = await csrf();
      return call("POST", "callback/credentials", { email, password: secret, csrfToken, json: "true" });
    },
  };
}

describe("signing in and out", () => {
  test("the cookie names a session, and signing out ends that session for every copy of the cookie", async () => {
    const env = settings("http://localhost:3000");
    const ada = browser(env);
    await ada.signIn();
    const copy = ada.headers();
    const parts = { db, env, logger: ctx.logger };
    expect(await authenticateRequest(copy, parts)).toMatchObject({ kind: "user" });
    expect(Object.keys((await ada.call("GET", "session")).body as object)).toEqual(["expires"]);
    await ada.call("POST", "signout", { csrfToken: await ada.csrf(), json: "true" });
    expect(await authenticateRequest(copy, parts)).toEqual({ kind: "anonymous" });
    expect(await authenticateRequest(ada.headers(), parts)).toEqual({ kind: "anonymous" });
  });

  test("a session that was revoked elsewhere is over for next-auth too, which removes the cookie", async () => {
    const ada = browser(settings("http://localhost:3000"));
    await ada.signIn();
    await db.session.updateMany({ where: { revokedAt: null }, data: { revokedAt: new Date() } });
    expect((await ada.call("GET", "session")).body).toEqual({});
    expect([...ada.jar.keys()].filter((name) => name.includes("session"))).toEqual([]);
  });

  test("a wrong password makes no session and answers with our code", async () => {
    const before = await db.session.count();
    const ada = browser(settings("http://localhost:3000"));
    const answer = await ada.signIn("not the password");
    expect(answer.status).toBe(401);
    expect(new URL((answer.body as { url: string }).url).searchParams.get("error")).toBe("SIGN_IN_FAILED");
    expect(await db.session.count()).toBe(before);
  });

  test("a sign-in that another site sends is refused: it does not know the token", async () => {
    const before = await db.session.count();
    const ada = browser(settings("http://localhost:3000"));
    await ada.csrf();
    await ada.call("POST", "callback/credentials", { email, password, csrfToken: "guessed", json: "true" });
    expect(await db.session.count()).toBe(before);
  });

  test("the cookie cannot be read by scripts or sent by other sites, and is for HTTPS alone where that is used", async () => {
    const plain = browser(settings("http://localhost:3000"));
    await plain.signIn();
    const cookie = plain.raw.find((line) => line.startsWith("next-auth.session-token="));
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const secure = browser(settings("https://desk.example.com"));
    await secure.signIn();
    const secured = secure.raw.filter((line) => /session-token|csrf-token/.test(line));
    expect(secured.length).toBeGreaterThan(1);
    for (const line of secured) expect(line).toMatch(/^__(Secure|Host)-.*HttpOnly; Secure; SameSite=Lax$/);
  });

  test("the cookie holds neither the person's name nor address, and the table no token", async () => {
    const env = settings("http://localhost:3000");
    const ada = browser(env);
    await ada.signIn();
    const { decode } = await import("next-auth/jwt");
    const content = await decode({ token: ada.jar.get("next-auth.session-token"), secret: env.AUTH_SECRET });
    expect(Object.keys(content ?? {}).sort()).toEqual(["exp", "iat", "jti", "sessionToken"]);
    const rows = await db.session.findMany();
    expect(JSON.stringify(rows)).not.toContain(content?.sessionToken);
    expect(rows.at(-1)?.userAgent).toBe("a test");
  });
});

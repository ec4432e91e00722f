import { errorWords } from "@deskhand/shared/error-words";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createApiKey } from "@/server/domain/api-key/create-api-key";
import { createSession } from "@/server/domain/session/create-session";
import { readEnv } from "@/server/env";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { actorOf, createScene, sampleRecording, testContext } from "@/server/testing/factories";
import { sessionCookieFor } from "@/server/testing/session-cookie";
import { GET as handle } from "./[...path]/route.ts";

const publicUrl = "http://localhost:3000";
let database: TestDatabase;
let db: Db;
let scene: Awaited<ReturnType<typeof createScene>>;
let key: string;
let env: ReturnType<typeof readEnv>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  env = readEnv({ DATABASE_URL: database.url, AUTH_SECRET: "a secret of at least 32 characters", RATE_LIMIT_API_PER_HOUR: "40" });
  const { logger } = testContext(db);
  Object.assign(globalThis, { [Symbol.for("deskhand.process")]: { env, logger, db, signals: undefined, runnerLink: undefined } });
});
beforeEach(async () => {
  scene = await createScene(db);
  const ctx = testContext(db, actorOf(scene.owner));
  key = (await createApiKey(ctx, { projectId: scene.projectId, name: "CI", scopes: ["read", "run", "write"] })).key;
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

type Call = { body?: unknown; text?: string; headers?: Record<string, string>; as?: string | null };

async function rest(method: string, path: string, { body, text, headers = {}, as = key }: Call = {}) {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = new Request(`${publicUrl}/api/v1${path}`, {
    method,
    headers: {
      ...(as ? { authorization: `Bearer ${as}` } : {}),
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(payload === undefined ? {} : { body: payload }),
  });
  const segments = new URL(request.url).pathname.split("/").slice(3).map(decodeURIComponent);
  const response = await handle(request, { params: Promise.resolve({ path: segments }) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

describe("a call", () => {
  test("a key finds its project without naming it", async () => {
    const { status, body } = await rest("GET", "/runners");
    expect(status).toBe(200);
    expect(body).toMatchObject({ items: [{ id: scene.runner.id }] });
  });

  test("what is in the address is part of the input, and numbers are read from it", async () => {
    expect((await rest("GET", `/runners/${scene.runner.id}`)).body).toMatchObject({ id: scene.runner.id });
    expect((await rest("GET", "/profiles?limit=1")).body).toMatchObject({ items: [{ id: scene.profile.id }], nextCursor: null });
    expect((await rest("GET", "/profiles?limit=x")).body).toMatchObject({ code: "INVALID_INPUT" });
  });

  test("a body and the address make one input, and the address wins", async () => {
    const changed = await rest("PATCH", `/profiles/${scene.profile.id}`, { body: { name: "Shop", id: scene.runner.id } });
    expect(changed.body).toMatchObject({ id: scene.profile.id, name: "Shop" });
  });

  test.each([
    ["/profiles/many/create", { languages: ["en", "german!"] }, "device.languages.1"],
    ["/profiles/many/create", { timeZone: "Europe/Atlantis" }, "device.timeZone"],
    ["/profiles", { languages: ["de-DE", "de-DE"] }, "device.languages.1"],
  ])("to %s for a device with %j is refused, with the field", async (path, device, field) => {
    const which = path === "/profiles" ? { name: "Shop" } : { pattern: "Shop {n}", count: 2 };
    const { status, body } = await rest("POST", path, { body: { runnerId: scene.runner.id, ...which, device } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "INVALID_INPUT", details: { issues: [{ field }] } });
  });

  test("a change that needs no body takes none", async () => {
    const { body } = await rest("POST", "/deployments", {
      body: { workflowId: scene.workflow.id, runnerId: scene.runner.id, profileIds: [scene.profile.id] },
    });
    const [runId] = body.runIds as string[];
    expect((await rest("POST", `/runs/${runId}/cancel`)).body).toMatchObject({ id: runId, state: "cancelled" });
  });

  describe("with an Idempotency-Key", () => {
    const deploy = (headers: Record<string, string>, more: object = {}, as = key) =>
      rest("POST", "/deployments", {
        body: { workflowId: scene.workflow.id, runnerId: scene.runner.id, profileIds: [scene.profile.id], ...more },
        headers,
        as,
      });
    const again = { "idempotency-key": "nightly-2026-03-01" };
    const count = () => db.command.count({ where: { projectId: scene.projectId } });

    test("is carried out once and answered alike, however often and however closely it comes", async () => {
      const answers = await Promise.all([deploy(again), deploy(again), deploy(again)]);
      answers.push(await deploy(again));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
      expect(await count()).toBe(1);
    });

    test("is a conflict when something else is asked, and nobody else's", async () => {
      await deploy(again);
      const other = await deploy(again, { version: 1 });
      expect([other.status, other.body.code]).toEqual([409, "IDEMPOTENCY_CONFLICT"]);
      const ctx = testContext(db, actorOf(scene.owner));
      const second = (await createApiKey(ctx, { projectId: scene.projectId, name: "Second", scopes: ["read", "run", "write"] })).key;
      expect((await deploy(again, {}, second)).status).toBe(200);
      expect(await count()).toBe(2);
    });

    test("may be tried again after it was refused", async () => {
      await db.runner.update({ where: { id: scene.runner.id }, data: { status: "pending" } });
      expect((await deploy(again)).body.code).toBe("RUNNER_NOT_ACCEPTED");
      await db.runner.update({ where: { id: scene.runner.id }, data: { status: "accepted" } });
      expect((await deploy(again)).status).toBe(200);
      expect(await count()).toBe(1);
    });

    test("holds for a rerun, for what is asked of a profile, and for what orders nothing", async () => {
      const [runId] = (await deploy({})).body.runIds as string[];
      await rest("POST", `/runs/${runId}/cancel`);
      const twice = async (path: string, body?: object) => {
        const headers = { "idempotency-key": `twice ${path}`.slice(0, 100) };
        const [one, two] = [await rest("POST", path, { body, headers }), await rest("POST", path, { body, headers })];
        expect(one.status).toBe(200);
        expect(two.body).toEqual(one.body);
      };
      await twice(`/runs/${runId}/rerun`);
      expect(await db.run.count({ where: { projectId: scene.projectId } })).toBe(2);
      await twice("/workflows", { name: "Once", recording: JSON.stringify(sampleRecording) });
      expect(await db.workflow.count({ where: { projectId: scene.projectId } })).toBe(2);
    });

    test("says when it was ordered and the answer was lost, and orders nothing more", async () => {
      const request = { workflowId: scene.workflow.id, runnerId: scene.runner.id, profileIds: [scene.profile.id] };
      await deploy(again);
      await db.$executeRaw`update "IdempotentRequest" set answer = null, "createdAt" = now() - interval '1 minute'`;
      const lost = await rest("POST", "/deployments", { body: request, headers: again });
      expect([lost.status, lost.body.message]).toEqual([409, expect.stringContaining("answer was lost")]);
      expect(await count()).toBe(1);
    });

    test("is refused where the answer holds a secret, and for a key that is none", async () => {
      const webhook = await rest("POST", "/pairing-codes", { body: {}, headers: again });
      expect([webhook.status, webhook.body.message]).toEqual([400, expect.stringContaining("secret that is told once")]);
      expect((await deploy({ "idempotency-key": "short" })).body.code).toBe("INVALID_INPUT");
    });
  });

  test("a call in REST does not loosen what tRPC accepts", async () => {
    const input = { workflowId: scene.workflow.id, version: "1", runnerId: scene.runner.id, profileIds: [scene.profile.id] };
    await rest("GET", "/runs?limit=5");
    expect((await rest("POST", "/deployments", { body: input })).body).toMatchObject({ code: "INVALID_INPUT" });
  });

  test("it is named in the answer, by the caller's own id when it has one", async () => {
    expect((await rest("GET", "/runners")).headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
    const named = await rest("GET", "/nothing", { headers: { "x-request-id": "my-own-request-7" } });
    expect([named.headers.get("x-request-id"), named.body.requestId]).toEqual(["my-own-request-7", "my-own-request-7"]);
    const wrong = await rest("GET", "/nothing", { headers: { "x-request-id": 'x"; drop' } });
    expect(wrong.body.requestId).toMatch(/^[\w-]{36}$/);
  });

  test("the answer may be neither kept, guessed nor framed", async () => {
    const { headers } = await rest("GET", "/runners");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});

describe("an error", () => {
  test("it has our code, words, what to do and the status of the code", async () => {
    const { status, body, headers } = await rest("GET", "/runners", { as: null });
    expect(status).toBe(401);
    expect(body).toEqual({
      code: "UNAUTHENTICATED",
      message: errorWords.UNAUTHENTICATED.title,
      whatToDo: errorWords.UNAUTHENTICATED.whatToDo,
      requestId: headers.get("x-request-id"),
    });
    expect(headers.get("www-authenticate")).toBe("Bearer");
  });

  test.each([
    ["a path that is none", "GET", "/nothing", 404, "NOT_FOUND"],
    ["a method that is none", "PUT", "/runners", 404, "NOT_FOUND"],
    ["an id that is none", "GET", "/runners/7", 400, "INVALID_INPUT"],
    ["a scope that the key lacks", "GET", "/api-keys", 403, "SCOPE_MISSING"],
    ["a person's own, with a key", "POST", "/projects", 403, "FORBIDDEN"],
  ])("%s", async (_, method, path, status, code) => {
    expect(await rest(method, path)).toMatchObject({ status, body: { code } });
  });

  test("a query parameter that is none is refused by its name, since its meaning would be lost", async () => {
    const misspelt = await rest("GET", "/runs?limit=5&workflowID=x&statee=failed");
    expect(misspelt.status).toBe(400);
    expect(misspelt.body).toMatchObject({
      code: "INVALID_INPUT",
      message: "There is no query parameter “workflowID”.",
      details: {
        issues: [
          { field: "workflowID", message: "There is no query parameter “workflowID”." },
          { field: "statee", message: "There is no query parameter “statee”." },
        ],
      },
    });
    const { id } = scene.runner;
    for (const [method, path] of [
      ["GET", `/runners/${id}?id=${id}`],
      ["GET", "/runners?constructor=1"],
      ["POST", "/profiles?dryRun=1"],
      ["DELETE", `/profiles/${scene.profile.id}?force=1`],
    ] as const) {
      expect(await rest(method, path, method === "POST" ? { body: { name: "Not made", runnerId: id } } : {})).toMatchObject({
        status: 400,
        body: { code: "INVALID_INPUT" },
      });
    }
    expect(await db.profile.count({ where: { runnerId: id } })).toBe(1);
  });

  test("a wrong field is named", async () => {
    const { body } = await rest("POST", "/profiles", { body: { name: "", runnerId: scene.runner.id } });
    expect(body).toMatchObject({ code: "INVALID_INPUT", message: "name: Give it a name.", details: { issues: [{ field: "name" }] } });
  });

  test.each(["{", "[]", "7", '"x"', "null"])("a body of %s is refused", async (text) => {
    expect(await rest("POST", "/profiles", { text })).toMatchObject({ status: 400, body: { message: "The body is not a JSON object." } });
  });

  test("a body that does not say it is JSON is refused", async () => {
    const answer = await rest("POST", "/profiles", { text: "{}", headers: { "content-type": "text/plain" } });
    expect(answer).toMatchObject({ status: 400, body: { code: "INVALID_INPUT" } });
  });

  test("a body of more than 3 MB is refused", async () => {
    const recording = "x".repeat(3_000_000);
    expect(await rest("POST", "/workflows", { body: { recording } })).toMatchObject({ status: 413, body: { code: "PAYLOAD_TOO_LARGE" } });
  });

  test("the largest recording that is allowed gets through to its own check", async () => {
    const steps = [{ type: "navigate", url: `about:blank#${"x".repeat(1_900_000)}` }];
    const recording = JSON.stringify({ ...sampleRecording, steps });
    expect((await rest("POST", "/workflows", { body: { recording } })).body.code).not.toBe("PAYLOAD_TOO_LARGE");
  });
});

describe("a person's cookie", () => {
  async function cookie() {
    const { token } = await createSession(testContext(db), { userId: scene.owner.id, userAgent: null });
    const { name, value } = await sessionCookieFor(token, env);
    return `${name}=${value}`;
  }
  const rename = async (headers: Record<string, string>) =>
    rest("PATCH", `/projects/${scene.projectId}`, { as: null, body: { name: "New" }, headers: { cookie: await cookie(), ...headers } });

  test("it may change things from our own pages", async () => {
    expect(await rename({ origin: publicUrl })).toMatchObject({ status: 200, body: { name: "New" } });
  });

  test("it may not from elsewhere, and nothing is changed", async () => {
    for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }, {}]) {
      expect(await rename(headers as Record<string, string>)).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
    }
    expect(await db.project.findUniqueOrThrow({ where: { id: scene.projectId } })).toMatchObject({ name: scene.project.name });
  });

  test("a key may from anywhere, since no browser sends it by itself", async () => {
    const { id } = scene.profile;
    const moved = await rest("PATCH", `/profiles/${id}`, { body: { name: "Key" }, headers: { origin: "https://ci.example" } });
    expect(moved.status).toBe(200);
  });
});

test("a project may make so many calls an hour, with all of its keys together; then it is told how long to wait", async () => {
  const ctx = testContext(db, actorOf(scene.owner));
  const second = (await createApiKey(ctx, { projectId: scene.projectId, name: "Second", scopes: ["read"] })).key;
  for (let i = 0; i < 40; i += 1) expect((await rest("GET", "/nothing", { as: i % 2 ? key : second })).status).toBe(404);
  for (const as of [key, second]) {
    const { status, headers, body } = await rest("GET", "/runners", { as });
    expect([status, body.code]).toEqual([429, "RATE_LIMITED"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(3600);
  }
});

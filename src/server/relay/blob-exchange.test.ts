import { createHash, randomBytes, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { ArtifactRequest } from "@deskhand/shared/protocol/live";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createSession } from "@/server/domain/session/create-session";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene, testContext } from "@/server/testing/factories";
import { sessionCookieFor } from "@/server/testing/session-cookie";
import { dialRunner, startTestRelay, type TestRelay, type TestRunner } from "@/server/testing/test-relay";

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let scene: Awaited<ReturnType<typeof createScene>>;
let runId: string;
let runner: TestRunner;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  server = await startTestRelay(database.url, { transfersPerRunner: 2 });
});
beforeEach(async () => {
  scene = await createScene(db);
  runId = (await createRun(db, { ...scene, state: "succeeded" })).run.id;
  runner = dialRunner(server.url, scene.runner);
  await runner.welcome();
});
afterEach(() => runner.leave());
afterAll(async () => {
  await server?.close();
  await db?.$disconnect();
  await database?.drop();
});

async function addArtifact(content: Buffer, more: { type?: string; name?: string; contentType?: string; sha256?: string } = {}) {
  const { id } = await db.artifact.create({
    data: {
      id: randomUUID(),
      runId,
      type: "screenshot",
      name: "Step 1.png",
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
      contentType: "image/png",
      createdAt: new Date(),
      ...more,
    },
  });
  return id;
}
async function get(artifactId: string, user: { id: string } | undefined = scene.owner, signal: AbortSignal | null = null) {
  const headers: Record<string, string> = {};
  if (user) {
    const { token } = await createSession(testContext(db), { userId: user.id, userAgent: null });
    const { name, value } = await sessionCookieFor(token, server.env);
    headers.cookie = `${name}=${value}`;
  }
  return fetch(`${server.url}/api/v1/artifacts/${artifactId}/content`, { headers, signal });
}
const put = (path: string, token: string, body: Uint8Array<ArrayBuffer>) =>
  fetch(`${server.url}${path}`, { method: "PUT", headers: { authorization: `Bearer ${token}` }, body });
/** Begins an upload that breaks off after this part, once the server has some of it. */
async function sendPart({ uploadPath, token }: ArtifactRequest, part: Buffer, announced: number) {
  const headers = { authorization: `Bearer ${token}`, "content-length": announced };
  const upload = httpRequest(`${server.url}${uploadPath}`, { method: "PUT", headers });
  upload.on("error", () => {});
  const ended = new Promise((resolve) => upload.on("close", resolve));
  await new Promise((resolve) => upload.write(part, resolve));
  upload.destroy();
  await ended;
}
/** Waits until the runner is asked, and says that it will send. */
async function asked() {
  const { message, answer } = await runner.next<ArtifactRequest>("artifact-request");
  answer({ v: 1, ok: true });
  return message;
}
const codeOf = async (response: Promise<Response> | Response) => {
  const answer = await response;
  return [answer.status, ((await answer.json()) as { code: string }).code];
};

describe("reading an artifact", () => {
  test("its bytes come from the runner, whole, with headers that make them harmless", async () => {
    const content = randomBytes(3_000_000);
    const id = await addArtifact(content, { name: 'Über "alles"\r\nX: 1.png' });
    const reading = get(id);
    const request = await asked();
    expect(request).toMatchObject({ v: 1, artifactId: id, runId });
    expect((await put(request.uploadPath, request.token, content)).status).toBe(204);
    const response = await reading;
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": "3000000",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "content-disposition": expect.stringMatching(/^inline; filename="[\w ._-]+"; filename\*=UTF-8''%C3%9Cber%20%22alles%22/),
    });
  });

  test.each([
    ["text/html", "application/octet-stream"],
    ["image/svg+xml", "application/octet-stream"],
    ["application/zip", "application/zip"],
    ["text/plain", "text/plain; charset=utf-8"],
  ])("what is no picture is saved and not shown: %s", async (contentType, served) => {
    const content = Buffer.from("<script>alert(1)</script>");
    const reading = get(await addArtifact(content, { type: "download", name: "page.html", contentType }));
    const request = await asked();
    await put(request.uploadPath, request.token, content);
    const { headers } = await reading;
    expect(headers.get("content-type")).toBe(served);
    expect(headers.get("content-disposition")).toMatch(/^attachment/);
  });

  test("an empty file is an empty file", async () => {
    const reading = get(await addArtifact(Buffer.alloc(0)));
    const request = await asked();
    await put(request.uploadPath, request.token, new Uint8Array());
    expect((await (await reading).arrayBuffer()).byteLength).toBe(0);
  });

  test("a file that was changed never looks whole", async () => {
    const content = randomBytes(200_000);
    const changed = Buffer.from(content);
    changed[199_999] = (changed[199_999] ?? 0) ^ 1;
    const reading = get(await addArtifact(content));
    const request = await asked();
    expect((await put(request.uploadPath, request.token, changed)).status).toBe(410);
    await expect(reading.then((response) => response.arrayBuffer())).rejects.toThrow();
  });

  test("a viewer who leaves, and a runner that stops in the middle, leave nothing behind", async () => {
    const content = randomBytes(2_000_000);
    const id = await addArtifact(content);
    for (let turn = 0; turn < 3; turn += 1) {
      const viewer = new AbortController();
      const reading = get(id, scene.owner, viewer.signal);
      const request = await asked();
      // more was announced than comes
      const upload = httpRequest(`${server.url}${request.uploadPath}`, {
        method: "PUT",
        headers: { authorization: `Bearer ${request.token}`, "content-length": content.length },
      });
      upload.on("error", () => {});
      const uploadEnds = new Promise((resolve) => upload.on("close", resolve));
      upload.write(content.subarray(0, 1_000_000));
      const response = await reading;
      if (turn === 0) upload.destroy();
      viewer.abort();
      await expect(response.arrayBuffer()).rejects.toThrow();
      await uploadEnds;
    }
    const whole = get(id);
    const request = await asked();
    await put(request.uploadPath, request.token, content);
    expect((await (await whole).arrayBuffer()).byteLength).toBe(content.length);
  });

  test("an upload that breaks off goes on where it stopped, and the viewer notices nothing", async () => {
    const content = randomBytes(3_000_000);
    const reading = get(await addArtifact(content));
    let from = 0;
    for (const to of [700_000, 1_900_000]) {
      const request = await asked();
      from = request.offset;
      await sendPart(request, content.subarray(from, to), content.length - from);
    }
    const last = await asked();
    expect(last.offset).toBeGreaterThan(from);
    expect(last.offset).toBeLessThanOrEqual(1_900_000);
    expect((await put(last.uploadPath, last.token, content.subarray(last.offset))).status).toBe(204);
    expect(Buffer.from(await (await reading).arrayBuffer()).equals(content)).toBe(true);
  });

  test("a runner that knows no offsets sends it all again, and what was had is passed over", async () => {
    const content = randomBytes(1_000_000);
    const reading = get(await addArtifact(content));
    await sendPart(await asked(), content.subarray(0, 400_000), content.length);
    const again = await asked();
    expect((await put(again.uploadPath, again.token, content)).status).toBe(204);
    expect(Buffer.from(await (await reading).arrayBuffer()).equals(content)).toBe(true);
  });

  test("what goes on with other bytes never looks whole", async () => {
    const content = randomBytes(1_000_000);
    const reading = get(await addArtifact(content));
    await sendPart(await asked(), content.subarray(0, 400_000), content.length);
    const again = await asked();
    expect((await put(again.uploadPath, again.token, randomBytes(content.length - again.offset))).status).toBe(410);
    await expect(reading.then((response) => response.arrayBuffer())).rejects.toThrow();
  });

  test("a runner that is away for a while goes on when it is back; one that stays away ends it", async () => {
    const patient = server;
    server = await startTestRelay(database.url, { resumeMs: 3_000 });
    runner = dialRunner(server.url, scene.runner, { folder: runner.folder });
    await runner.welcome();
    const content = randomBytes(1_000_000);
    const id = await addArtifact(content);
    const reading = get(id);
    await sendPart(await asked(), content.subarray(0, 400_000), content.length);
    runner.leave();
    runner = dialRunner(server.url, scene.runner, { folder: runner.folder });
    await runner.welcome();
    const back = await asked();
    expect((await put(back.uploadPath, back.token, content.subarray(back.offset))).status).toBe(204);
    expect(Buffer.from(await (await reading).arrayBuffer()).equals(content)).toBe(true);

    const lost = get(id);
    await sendPart(await asked(), content.subarray(0, 400_000), content.length);
    runner.leave();
    await expect(lost.then((response) => response.arrayBuffer())).rejects.toThrow();
    await server.close();
    server = patient;
  });

  test("a file of another size is refused before its first byte", async () => {
    const reading = get(await addArtifact(randomBytes(100)));
    const request = await asked();
    expect((await put(request.uploadPath, request.token, randomBytes(99))).status).toBe(410);
    expect(await codeOf(reading)).toEqual([410, "ARTIFACT_GONE"]);
  });

  test("the runner's own no is told", async () => {
    const reading = get(await addArtifact(randomBytes(10)));
    (await runner.next("artifact-request")).answer({ v: 1, ok: false, code: "ARTIFACT_GONE" });
    expect(await codeOf(reading)).toEqual([410, "ARTIFACT_GONE"]);
  });

  test("a runner that leaves or is offline is told apart from one that stays silent", async () => {
    const id = await addArtifact(randomBytes(10));
    const cut = get(id);
    await runner.next("artifact-request");
    runner.leave();
    expect(await codeOf(cut)).toEqual([409, "RUNNER_OFFLINE"]);
    await vi.waitFor(async () => expect(await codeOf(get(id))).toEqual([409, "RUNNER_OFFLINE"]));

    const patient = server;
    server = await startTestRelay(database.url, { requestMs: 100 });
    runner = dialRunner(server.url, scene.runner, { folder: runner.folder });
    await runner.welcome();
    const silent = get(id);
    await runner.next("artifact-request");
    expect(await codeOf(silent)).toEqual([504, "RUNNER_TIMEOUT"]);
    const promised = get(id);
    await asked();
    expect(await codeOf(promised)).toEqual([504, "RUNNER_TIMEOUT"]);
    await server.close();
    server = patient;
  });

  test("a runner is not asked for more than it can send", async () => {
    const id = await addArtifact(randomBytes(10));
    const viewer = new AbortController();
    const readings = [1, 2].map(() => get(id, scene.owner, viewer.signal).catch(() => undefined));
    await asked();
    await asked();
    expect(await codeOf(get(id))).toEqual([429, "RATE_LIMITED"]);
    viewer.abort();
    await Promise.all(readings);
    // those who gave up waiting make room again
    const more = get(id);
    await vi.waitFor(() => expect(runner.unread()).toContain("artifact-request"));
    const request = await asked();
    await put(request.uploadPath, request.token, randomBytes(9));
    await more;
  });
});

describe("who may read, and who may send", () => {
  test("nobody who is not signed in, and no member of another project", async () => {
    const id = await addArtifact(randomBytes(10));
    const nobody = fetch(`${server.url}/api/v1/artifacts/${id}/content`);
    expect(await codeOf(nobody)).toEqual([401, "UNAUTHENTICATED"]);
    expect(await codeOf(fetch(`${server.url}/api/v1/artifacts/${randomUUID()}/content`))).toEqual([401, "UNAUTHENTICATED"]);
    const other = await createScene(db);
    expect(await codeOf(get(id, other.owner))).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf(get(randomUUID()))).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf(get("..%2F..%2Fetc"))).toEqual([404, "NOT_FOUND"]);
    expect(runner.unread()).not.toContain("artifact-request");
  });

  test("an upload needs the token of just this transfer, once", async () => {
    const content = randomBytes(10);
    const id = await addArtifact(content);
    const reading = get(id);
    const request = await asked();
    expect((await put(request.uploadPath, "x".repeat(43), content)).status).toBe(404);
    expect((await put(`/relay/blobs/x/${randomUUID()}`, request.token, content)).status).toBe(404);
    expect((await put(request.uploadPath, request.token, content)).status).toBe(204);
    await (await reading).arrayBuffer();
    expect((await put(request.uploadPath, request.token, content)).status).toBe(404);
  });

  test("other methods and paths are refused, and what is not the relay's is left alone", async () => {
    const id = await addArtifact(randomBytes(10));
    expect((await fetch(`${server.url}/api/v1/artifacts/${id}/content`, { method: "DELETE" })).status).toBe(405);
    expect((await fetch(`${server.url}/relay/blobs/x/${randomUUID()}`)).status).toBe(405);
    expect((await fetch(`${server.url}/relay/other`)).status).toBe(404);
    expect((await fetch(`${server.url}/api/v1/runs`)).status).toBe(418);
  });
});

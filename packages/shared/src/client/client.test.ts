import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { DeskhandError } from "./client-error.ts";
import { createDeskhandClient } from "./deskhand-client.ts";

type Answer = { status?: number; headers?: Record<string, string>; body: unknown };

let url = "";
let asked: string[] = [];
let answers: Answer[] = [];
const server = createServer((request: IncomingMessage, response) => {
  asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  const { status = 200, headers = {}, body } = answers.shift() ?? { status: 500, body: "" };
  response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dashboard`;
});
beforeEach(() => {
  [asked, answers] = [[], []];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const client = (more: Partial<Parameters<typeof createDeskhandClient>[0]> = {}) => createDeskhandClient({ url, apiKey: "dh_key", ...more });
const workflow = (name: string) => ({
  id: randomUUID(),
  projectId: randomUUID(),
  name,
  latestVersion: 1,
  stepCount: 0,
  lastRunState: null,
  lastRunAt: null,
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
});
const refusal = (status: number, code: string, headers = {}): Answer => ({
  status,
  headers,
  body: { code, message: "words", whatToDo: "do", details: { a: 1 }, requestId: "r1" },
});

it("a list is fetched page by page as it is read, and no further", async () => {
  answers = [{ body: { items: [workflow("a"), workflow("b")], nextCursor: "n" } }, { body: { items: [workflow("c")], nextCursor: null } }];
  const names: string[] = [];
  for await (const { name } of client().workflows.list({ search: "x y" })) names.push(name);
  expect(names).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([
    "GET /api/v1/workflows?search=x+y&limit=100 Bearer dh_key",
    "GET /api/v1/workflows?search=x+y&limit=100&cursor=n Bearer dh_key",
  ]);
  answers = [{ body: { items: [workflow("a"), workflow("b")], nextCursor: "n" } }];
  expect(await client().workflows.list().all(1)).toHaveLength(1);
});

it("a refusal is an error with the server's code, words and facts", async () => {
  answers = [refusal(409, "WORKFLOW_UNCHANGED")];
  const error = await client()
    .workflows.addVersion(randomUUID(), { title: "x", steps: [] })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeskhandError);
  expect(error).toMatchObject({ code: "WORKFLOW_UNCHANGED", status: 409, message: "words", details: { a: 1 }, requestId: "r1" });
});

it("who was told to wait waits, and what would take too long is told at once", async () => {
  answers = [refusal(429, "RATE_LIMITED", { "retry-after": "0" }), { body: workflow("a") }];
  expect(await client().workflows.create({ recording: { title: "a", steps: [] } })).toMatchObject({ name: "a" });
  answers = [refusal(429, "RATE_LIMITED", { "retry-after": "3600" })];
  await expect(client().workflows.get(randomUUID())).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 3_600_000 });
  answers = Array.from({ length: 5 }, () => refusal(429, "RATE_LIMITED", { "retry-after": "0" }));
  await expect(client({ retries: 2 }).workflows.get(randomUUID())).rejects.toMatchObject({ code: "RATE_LIMITED" });
  expect(answers).toHaveLength(2);
});

it("what changes something is not sent again when its answer was lost", async () => {
  const lost: Answer = { ...refusal(503, "DATABASE_UNAVAILABLE", { "retry-after": "0" }) };
  answers = [lost, { body: workflow("a") }];
  await expect(client().workflows.create({ recording: { title: "a", steps: [] } })).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  answers = [lost, { body: workflow("a") }];
  expect(await client().workflows.get(randomUUID())).toMatchObject({ name: "a" });
});

it("an answer of something else than Deskhand, and none at all, have codes of their own", async () => {
  answers = [{ body: "<html>" }];
  await expect(client().workflows.get(randomUUID())).rejects.toMatchObject({ code: "ANSWER_UNREADABLE" });
  const nowhere = client({ url: "http://127.0.0.1:9", retries: 0 });
  await expect(nowhere.workflows.get(randomUUID())).rejects.toMatchObject({ code: "SERVER_UNREACHABLE", status: 0 });
  const stopped = client({ signal: AbortSignal.abort(new Error("enough")) });
  await expect(stopped.workflows.get(randomUUID())).rejects.toThrow("enough");
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerTraceViewer } from "./trace-viewer.ts";

const server = createServer((request, response) => {
  void answerTraceViewer("https://desk.example", request, response).then((answered) => answered || response.writeHead(418).end());
});
let url = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const policy = (response: Response) => response.headers.get("content-security-policy") ?? "";

it("serves the viewer with a policy by which nothing foreign runs or is asked", async () => {
  const page = await fetch(`${url}/trace/index.html?trace=/api/v1/artifacts/x/content`);
  expect(page.status).toBe(200);
  expect(policy(page)).toMatch(/default-src 'none'; script-src 'self' 'sha256-[\w+/=]{44}';/);
  expect(policy(page)).toContain("frame-ancestors 'none'");
  expect(policy(page)).not.toMatch(/https?:|\*|unsafe-eval/);
  const html = await page.text();
  for (const [, file] of html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
    const found = await fetch(`${url}/trace/${file}`);
    expect([file, found.status, found.headers.get("x-content-type-options")]).toEqual([file, 200, "nosniff"]);
  }
});

it("guards the worker, which may ask our own server only", async () => {
  const worker = await fetch(`${url}/trace/sw.bundle.js`);
  expect(policy(worker)).toBe("default-src 'none'; connect-src 'self'");
  expect(worker.headers.get("cache-control")).toBe("no-cache");
  expect(await worker.text()).toMatch(/^\(\(\) => \{\s+const \{ respondWith \} = FetchEvent\.prototype;/);
});

it("has nothing but the viewer's files, and leaves other paths alone", async () => {
  for (const name of ["nothing.js", "..%2frecorder%2findex.html", "..%2f..%2fpackage.json", "assets"]) {
    expect((await fetch(`${url}/trace/${name}`)).status, name).toBe(404);
  }
  expect((await fetch(`${url}/trace/index.html`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`${url}/dashboard`)).status).toBe(418);
});

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { RunnerOptions } from "../runner-options.ts";
import { until, useRunnerBed } from "../testing/runner-bed.ts";
import { readPageAddress } from "./page-address.ts";
import { linkLifeMs } from "./page-links.ts";
import { PageVisitor } from "./testing/page-visitor.ts";

const bed = useRunnerBed();

async function visitor(options: Partial<RunnerOptions> = {}): Promise<PageVisitor> {
  bed.start({ localPort: 0, ...options });
  await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
  return new PageVisitor(bed.paired.home);
}

const owner = async (options?: Partial<RunnerOptions>) => (await visitor(options)).enter();

describe("where a request comes from", () => {
  it("decides: another name that leads here is refused, whoever asks", async () => {
    const page = await owner();
    const { port } = new URL(page.address);
    const hosts = ["evil.example", `evil.example:${port}`, "127.0.0.1", "127.0.0.1:1", `127.0.0.1.evil.example:${port}`, `[::1]:${port}`];
    for (const host of hosts) {
      for (const path of ["/", "/page.js", "/api/state", "/api/hints"]) {
        expect((await page.ask(path, { headers: { host } })).status, `${path} of ${host}`).toBe(403);
      }
      expect((await page.post("/api/pause", { paused: true }, { host, origin: `http://${host}` })).body).toMatchObject({
        code: "HOST_REFUSED",
      });
    }
    expect((await page.ask("/api/state", { headers: { host: `localhost:${port}` } })).status).toBe(200);
    expect((await page.state()).policy).toMatchObject({ paused: false });
  });

  it("decides: a change is taken from the page's own origin only", async () => {
    const page = await owner();
    const { port } = new URL(page.address);
    const origins = [undefined, "null", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:3000", `https://127.0.0.1:${port}`];
    for (const origin of [...origins, `http://localhost:${port}`]) {
      const { status, body } = await page.post("/api/pause", { paused: true }, { origin });
      expect([status, body.code], `origin ${origin}`).toEqual([403, "ORIGIN_REFUSED"]);
    }
    for (const site of ["cross-site", "same-site"]) {
      const headers = { "sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
      expect((await page.post("/api/pause", { paused: true }, headers)).status).toBe(403);
      expect((await page.ask("/api/state", { headers })).status).toBe(403);
      expect((await page.ask("/page.js", { headers })).status).toBe(403);
    }
    expect((await page.state()).policy).toMatchObject({ paused: false });
  });

  it("lets the empty page be visited from anywhere, and neither framed nor read by another", async () => {
    const page = await visitor();
    const visit = (mode: string, dest: string) =>
      page.ask("/", { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": mode, "sec-fetch-dest": dest } });
    expect((await visit("navigate", "document")).status).not.toBe(403);
    expect((await visit("navigate", "iframe")).status).toBe(403);
    expect((await visit("no-cors", "image")).status).toBe(403);
  });

  it("changes nothing about what is sent along: no framing, no caching, nothing inline, no other place", async () => {
    const page = await owner();
    for (const { headers } of [await page.ask("/api/state"), await page.ask("/nowhere"), await page.ask("/", { headers: { host: "x" } })]) {
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
  });
});

describe("a link", () => {
  it("opens the page once", async () => {
    const page = await visitor();
    const token = page.token();
    const [first, second] = await Promise.all([page.post("/api/session", { token }), page.post("/api/session", { token })]);
    expect([first.status, second.status].sort()).toEqual([200, 401]);
    const again = await page.post("/api/session", { token });
    expect([again.status, again.body]).toEqual([401, { code: "LINK_INVALID", message: expect.stringContaining("deskhand open") }]);
    expect(readdirSync(page.home.pageFolder)).toEqual(["address.json"]);
  });

  it("that is too old, or that nobody made, opens nothing", async () => {
    const page = await visitor();
    const late = page.token(Date.now() - linkLifeMs - 1);
    const early = page.token(Date.now() + 60 * 60_000);
    for (const token of [late, early, "", "x", "../address", "__proto__", page.token().slice(0, -1), 7, null]) {
      expect((await page.post("/api/session", { token })).status, `token ${token}`).toBe(401);
    }
  });

  it("gives a cookie that no script and no other site gets", async () => {
    const page = await visitor();
    const { headers } = await page.post("/api/session", { token: page.token() });
    expect(headers["set-cookie"]?.[0]).toMatch(/^deskhand_page_\d+=[\w-]{43}; Path=\/api; HttpOnly; SameSite=Strict$/);
  });
});

describe("a session", () => {
  it("needs both of its halves: other ports of this computer are sent the cookie too", async () => {
    const page = await owner();
    const refusals = [
      { cookie: undefined, "x-deskhand-key": undefined },
      { "x-deskhand-key": undefined },
      { "x-deskhand-key": page.cookie.split("=")[1] },
      { cookie: undefined },
      { cookie: `${page.cookie.split("=")[0]}=${page.key}` },
    ];
    for (const headers of refusals) {
      for (const path of ["/api/state", "/api/log", "/api/disk", "/api/hints"]) {
        const { status, body } = await page.ask(path, { headers });
        expect([status, body.code], path).toEqual([401, "UNAUTHENTICATED"]);
      }
      expect((await page.post("/api/pause", { paused: true }, headers)).status).toBe(401);
    }
    expect((await page.state()).policy).toMatchObject({ paused: false });
  });

  it("is not shut out by a cookie that another port set under its name", async () => {
    const page = await owner();
    const headers = { cookie: `${page.cookie.split("=")[0]}=tossed; ${page.cookie}` };
    expect((await page.ask("/api/state", { headers })).status).toBe(200);
  });

  it("ends with the runner", async () => {
    const runner = bed.start({ localPort: 0 });
    await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
    const before = await new PageVisitor(bed.paired.home).enter();
    await runner.stop();
    expect(readPageAddress(bed.paired.home)).toBeUndefined();
    const after = await visitor();
    const { port } = new URL(after.address);
    const { status } = await after.ask("/api/state", {
      headers: { cookie: `deskhand_page_${port}=${before.cookie.split("=")[1]}`, "x-deskhand-key": before.key },
    });
    expect(status).toBe(401);
  });
});

describe("a request", () => {
  it("that is too large, of another kind, or not to be read is refused with a code and words", async () => {
    const page = await owner();
    const body = JSON.stringify({ paused: true, more: "x".repeat(20_000) });
    const wrong = [
      [413, "PAYLOAD_TOO_LARGE", { raw: body }],
      [413, "PAYLOAD_TOO_LARGE", { raw: body, headers: { "transfer-encoding": "chunked" } }],
      [415, "CONTENT_TYPE_REFUSED", { raw: "{}", headers: { "content-type": "text/plain" } }],
      [415, "CONTENT_TYPE_REFUSED", { raw: "{}", headers: { "content-type": undefined } }],
      [422, "INVALID_INPUT", { raw: "{" }],
      [422, "INVALID_INPUT", { raw: '{"paused":true,"more":1}' }],
      [422, "INVALID_INPUT", { raw: '{"paused":"yes"}' }],
      [422, "INVALID_INPUT", { raw: "[]" }],
    ] as const;
    for (const [status, code, asked] of wrong) {
      const answer = await page.ask("/api/pause", { method: "POST", ...asked });
      expect([answer.status, answer.body]).toEqual([status, { code, message: expect.any(String) }]);
    }
    expect((await page.state()).policy).toMatchObject({ paused: false });
  });

  it("by another method, or to where nothing is, does nothing", async () => {
    const page = await owner();
    for (const method of ["PUT", "DELETE", "PATCH", "GET", "OPTIONS"]) {
      const { status, headers } = await page.ask("/api/pause", { method, ...(method === "GET" ? {} : { raw: '{"paused":true}' }) });
      expect([status, headers.allow], method).toEqual([405, "POST"]);
    }
    expect((await page.ask("/api/state", { method: "POST", raw: "{}" })).status).toBe(405);
    for (const path of ["/x", "/api", "/api/state/", "/__proto__", "/constructor", "//evil.example/", "/../page/address.json"]) {
      expect((await page.ask(path)).status, path).toBe(404);
    }
    expect((await page.ask("http://evil.example/api/state")).status).toBe(404);
  });
});

describe("the port", () => {
  it("is another one when somebody else has it, and the runner's folder says which", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const taken = (other.address() as AddressInfo).port;
    const page = await owner({ localPort: taken });
    expect(new URL(page.address).port).not.toBe(String(taken));
    expect(statSync(page.home.pageFile).mode & 0o777).toBe(0o600);
    expect(statSync(page.home.pageFolder).mode & 0o777).toBe(0o700);
    expect((await page.state()).about.name).toBe("test");
    expect(bed.problems).toEqual([]);
    other.close();
  });

  it("is closed with the runner, and there is none unless it is asked for", async () => {
    const runner = bed.start({ localPort: 0 });
    await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
    const page = await new PageVisitor(bed.paired.home).enter();
    await runner.stop();
    await expect(page.state()).rejects.toThrow("ECONNREFUSED");
    await bed.connected();
    expect(existsSync(bed.paired.home.pageFile)).toBe(false);
  });
});

describe("a page that is open", () => {
  it("hears that something changed, and the last words", async () => {
    const runner = bed.start({ localPort: 0 });
    await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
    const page = await new PageVisitor(bed.paired.home).enter();
    const stream = await page.open("/api/hints");
    expect(stream.headers["content-type"]).toBe("text/event-stream");
    let heard = "";
    stream.setEncoding("utf8").on("data", (text) => {
      heard += text;
    });
    await page.post("/api/pause", { paused: true });
    await until(() => expect(heard).toMatch(/data: \[.*"policy".*\]/));
    const closed = once(stream, "end");
    await runner.stop();
    await closed;
    expect(heard).toMatch(/event: ended\ndata: {"message":"The runner has stopped\."}/);
  });

  it("is one of twenty at most", async () => {
    const page = await owner();
    const streams = await Promise.all(Array.from({ length: 20 }, () => page.open("/api/hints")));
    expect((await page.ask("/api/hints")).body).toMatchObject({ code: "RATE_LIMITED" });
    for (const stream of streams) stream.destroy();
    await until(async () => {
      const stream = await page.open("/api/hints");
      stream.destroy();
      expect(stream.statusCode).toBe(200);
    });
  });
});

it("asks nothing of a person it does not know: an unknown approval and an unknown run are not possible", async () => {
  const page = await owner();
  expect((await page.post("/api/approvals", { id: "a", decision: "approve" })).body).toMatchObject({ code: "NOT_POSSIBLE" });
  expect((await page.post("/api/runs/cancel", { runId: randomUUID() })).body).toMatchObject({ code: "NOT_POSSIBLE" });
});

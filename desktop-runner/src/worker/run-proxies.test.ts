import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Identity } from "@deskhand/shared/schemas/identity";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ProxyCandidate } from "../proxies/proxy-desk.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { type SlowLine, startSlowLine } from "../testing/slow-line.ts";
import { startTestProxy, type TestProxy } from "../testing/test-proxy.ts";
import { allowing, orderRun, startTestWorker, type TestFolder, type TestWorker, testFolder } from "../testing/worker.ts";

const berliner: Identity = {
  seed: "one",
  os: "linux",
  platformVersion: "6.8.0",
  architecture: "x86",
  model: "",
  languages: ["de-DE", "de"],
  timeZone: "Europe/Berlin",
  screen: { width: 1920, height: 1080 },
  viewport: { width: 1200, height: 700 },
  deviceScaleFactor: 1,
  isMobile: false,
  hasTouch: false,
  hardwareConcurrency: 4,
  colorScheme: "light",
  geolocation: null,
  userAgent: null,
};

let site: FixtureSite;
let service: Server;
let folder: TestFolder;
let worker: TestWorker;
/** What the service says of whoever asks; it is asked again with each run. */
let exit: object;
const changes: string[] = [];
const proxies: TestProxy[] = [];
const lines: SlowLine[] = [];

beforeAll(async () => {
  site = await startFixtureSite();
  folder = await testFolder();
  service = createServer(({ url = "" }, response) => {
    if (url.startsWith("/change")) changes.push(url);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(exit));
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  worker = startTestWorker({ DESKHAND_PROXY_CHECK_URL: `${serviceOrigin("exit.example")}/json` });
});
afterAll(async () => {
  await worker.stop();
  await site.close();
  service.closeAllConnections();
  service.close();
  await folder.remove();
});
afterEach(async () => {
  await Promise.all(lines.splice(0).map((line) => line.close()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.die()));
  changes.length = 0;
});

const serviceOrigin = (host: string) => `http://${host}:${(service.address() as AddressInfo).port}`;
const siteAt = (page: string) => `http://site.example:${new URL(site.origin).port}/${page}`;

async function proxy(options: Partial<Parameters<typeof startTestProxy>[0]> = {}): Promise<TestProxy> {
  const made = await startTestProxy({ scheme: "socks5", ...options });
  proxies.push(made);
  return made;
}

/** A proxy that works, each word of which arrives so much later, milliseconds. */
async function slowProxy(scheme: "http" | "socks5", delayMs: number): Promise<Pick<TestProxy, "hop">> {
  const { hop } = await proxy({ scheme, username: "ann", password: "p-w-secret" });
  const line = await startSlowLine(hop.port, delayMs);
  lines.push(line);
  return { hop: { ...hop, port: line.port } };
}

const by = (made: Pick<TestProxy, "hop">, changeUrl: string | null = null): ProxyCandidate => ({ hops: [made.hop], changeUrl });
const visit = [{ type: "navigate", url: "" }];

async function run(candidates: ProxyCandidate[], settings: Partial<ProfileSettings> = {}, steps?: unknown[]) {
  const pages = steps ?? [{ ...visit[0], url: siteAt("index") }];
  const policy = allowing("127.0.0.1", "*.example");
  const ordered = orderRun(worker, {
    folder: folder.path,
    steps: pages,
    proxies: candidates,
    settings,
    policy,
    profile: crypto.randomUUID(),
  });
  const finished = await ordered.finished;
  const log = await readFile(path.join(ordered.artifactsDir, "run.log"), "utf8").catch(() => "");
  return { finished, log, events: worker.events(ordered.runId) };
}

describe("a run through a proxy", () => {
  it("leaves by it alone, compares its exit with the identity, and tells the bytes", async () => {
    exit = { ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" };
    const made = await proxy({ username: "ann", password: "p-w-secret" });
    const { finished, events, log } = await run([by(made)], { identity: berliner });
    expect(finished.status).toBe("succeeded");
    expect(new Set(made.asked.map((target) => target.split(":")[0]))).toEqual(new Set(["exit.example", "site.example"]));
    expect(events).toContainEqual(expect.objectContaining({ kind: "proxy-exit", proxyId: made.hop.id, mismatch: null }));
    const used = events.find((event) => event.kind === "proxy-used");
    expect(used).toMatchObject({ proxyId: made.hop.id, sent: expect.any(Number), received: expect.any(Number) });
    expect(JSON.stringify([events, log])).not.toContain("p-w-secret");
  });

  it("takes the requests of its steps along", async () => {
    exit = { ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" };
    const made = await proxy();
    const request = { type: "customStep", name: "deskhand.http", parameters: { method: "GET", url: siteAt("echo") } };
    const asked = site.requests.length;
    expect((await run([by(made)], {}, [request])).finished.status).toBe("succeeded");
    expect(site.requests.slice(asked)).toEqual(["GET /echo"]);
    expect(made.asked.some((target) => target.startsWith("site.example:"))).toBe(true);
  });

  it("that lies about its country is warned of, and goes on", async () => {
    exit = { ip: "203.0.113.5", country: "JP", timezone: "Asia/Tokyo" };
    const made = await proxy();
    const { finished, events, log } = await run([by(made)], { identity: berliner });
    expect(finished.status).toBe("succeeded");
    expect(events).toContainEqual(expect.objectContaining({ kind: "proxy-exit", mismatch: expect.stringContaining("Asia/Tokyo") }));
    expect(log).toContain("does not fit the profile's identity");
  });

  it("that lies about its country does not begin when the profile says so: no site sees the profile", async () => {
    exit = { ip: "203.0.113.5", country: "JP", timezone: "Asia/Tokyo" };
    site.requests.length = 0;
    const { finished } = await run([by(await proxy())], { identity: berliner, onMismatch: "block" });
    expect(finished).toMatchObject({ status: "failed", code: "PROXY_MISMATCH" });
    expect(site.requests).toEqual([]);
  });

  it("whose exit nobody can tell does not begin either when the profile blocks", async () => {
    exit = { error: "busy" };
    const made = await proxy();
    expect((await run([by(made)], { identity: berliner })).finished.status).toBe("succeeded");
    const blocked = await run([by(made)], { identity: berliner, onMismatch: "block" });
    expect(blocked.finished).toMatchObject({ status: "failed", code: "PROXY_CHECK_FAILED" });
  });

  it("that wants other credentials ends with that code before a site is asked", async () => {
    const made = await proxy({ username: "ann", password: "right" });
    const wrong = { ...by(made), hops: [{ ...made.hop, password: "wrong-secret" }] };
    const { finished, log } = await run([wrong], { identity: berliner });
    expect(finished).toMatchObject({ status: "failed", code: "PROXY_AUTH_FAILED" });
    expect(log).not.toContain("wrong-secret");
  });

  it("that dies in mid-run ends with that code, and not as a page that is gone", async () => {
    exit = { ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" };
    const made = await proxy();
    site.requests.length = 0;
    const policy = allowing("127.0.0.1", "*.example");
    const steps = ["index", "never"].map((page) => ({ ...visit[0], url: siteAt(page) }));
    const ordered = orderRun(worker, { folder: folder.path, steps, proxies: [by(made)], policy });
    await expect.poll(() => site.requests).toContain("GET /never");
    await made.die();
    expect(await ordered.finished).toMatchObject({ status: "failed", code: "PROXY_UNREACHABLE", step: 1 });
    expect((await run([by(made)])).finished).toMatchObject({ status: "failed", code: "PROXY_UNREACHABLE", step: 0 });
  });

  it.each(["http", "socks5"] as const)("by a slow %s proxy is waited for, and tells how slow it is", async (scheme) => {
    exit = { ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" };
    const delayMs = 300;
    const { finished, events } = await run([by(await slowProxy(scheme, delayMs))], { identity: berliner });
    expect(finished).toMatchObject({ status: "succeeded" });
    const told = events.find((event) => event.kind === "proxy-exit");
    // there and back for the greeting, and there and back for the question
    expect(told?.latencyMs).toBeGreaterThanOrEqual(4 * delayMs);
  });

  it("whose proxy has not connected when the step's time is over blames the proxy, and not the site", async () => {
    const made = await slowProxy("socks5", 3_600_000);
    const { finished } = await run([by(made)], {}, [{ ...visit[0], url: siteAt("index"), timeout: 2_000 }]);
    expect(finished).toMatchObject({ status: "failed", code: "PROXY_TIMEOUT", step: 0 });
    expect(finished.message).toContain(`127.0.0.1:${made.hop.port}`);
    expect(JSON.stringify(finished)).not.toContain("p-w-secret");
  });

  it("whose page does not come in time is told how long the proxy took of it", async () => {
    const made = await slowProxy("http", 50);
    const { finished } = await run([by(made)], {}, [{ ...visit[0], url: siteAt("never"), timeout: 2_000 }]);
    expect(finished).toMatchObject({ status: "failed", code: "NAVIGATION_FAILED" });
    expect(finished.message).toMatch(/not loaded within 2 s; its proxy took \d+\.\d s to connect/);
  });

  it("falls over to the next of its pool, and tells which has failed", async () => {
    exit = { ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" };
    const [dead, alive] = [await proxy(), await proxy()];
    await dead.die();
    const { finished, events } = await run([by(dead), by(alive)]);
    expect(finished.status).toBe("succeeded");
    expect(events).toContainEqual(expect.objectContaining({ kind: "proxy-failed", proxyId: dead.hop.id, code: "PROXY_UNREACHABLE" }));
    expect(alive.asked.length).toBeGreaterThan(1);
  });

  it("asks for another exit before it begins, directly and as far as the policy lets it", async () => {
    const made = await proxy();
    const { finished } = await run([by(made, `${serviceOrigin("127.0.0.1")}/change?key=1`)]);
    expect(finished.status).toBe("succeeded");
    expect(changes).toEqual(["/change?key=1"]);
    const denied = await run([by(made, "http://169.254.169.254/change?key=secret-key")]);
    expect(denied.finished.status).toBe("succeeded");
    expect(denied.log).toContain("may be the same as before");
    expect(denied.log).not.toContain("secret-key");
  });
});

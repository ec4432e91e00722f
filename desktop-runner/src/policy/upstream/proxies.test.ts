import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Browser } from "playwright-core";
import { generate } from "selfsigned";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findBrowser } from "../../browser/find-browser.ts";
import { launchBrowser, through } from "../../browser/launch-browser.ts";
import { type FixtureSite, startFixtureSite } from "../../testing/fixture-site.ts";
import { startTestProxy, type TestProxy } from "../../testing/test-proxy.ts";
import { allowing } from "../../testing/worker.ts";
import { Gate, RefusedByPolicy } from "../gate.ts";
import type { RefusalReason } from "../network-policy.ts";
import { dialPinned } from "./dial-pinned.ts";
import type { Hop } from "./hop.ts";
import { ProxyFailure } from "./proxy-failure.ts";
import { ProxyWay } from "./proxy-way.ts";

const signIn = { username: "ann", password: "correct horse" };
const refused: RefusalReason[] = [];
const started: TestProxy[] = [];
let site: FixtureSite;
let browser: Browser;
let closed: Gate;
let gate: Gate;
let port: number;
let tls: { key: string; cert: string };

beforeAll(async () => {
  site = await startFixtureSite();
  port = Number(new URL(site.origin).port);
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  tls = { key: made.private, cert: made.cert };
  setDefaultCACertificates([...getCACertificates("default"), made.cert]);
  closed = await Gate.open();
  browser = await launchBrowser(findBrowser()?.path ?? "", { proxy: closed.address });
});
afterAll(async () => {
  await browser.close();
  closed.close();
  await site.close();
});
beforeEach(async () => {
  refused.length = 0;
  site.requests.length = 0;
  gate = await Gate.open(async (host) => {
    throw Object.assign(new Error(`${host} was looked up here`), { code: "ENOTFOUND" });
  });
  gate.onRefusal = (reason) => refused.push(reason);
  gate.setPolicy(allowing("*", "127.0.0.1"));
});
afterEach(async () => {
  gate.close();
  await Promise.all(started.splice(0).map((proxy) => proxy.die()));
});

async function proxy(options: Parameters<typeof startTestProxy>[0]): Promise<TestProxy> {
  const made = await startTestProxy(options);
  started.push(made);
  return made;
}

/** Opens an address through the gate. @returns the page's heading, or the browser's error */
async function open(url: string): Promise<string> {
  const context = await browser.newContext({ proxy: through(gate.address) });
  try {
    const page = await context.newPage();
    await page.goto(url);
    return (await page.textContent("h1")) ?? "";
  } catch (error) {
    return /net::(\w+)/.exec((error as Error).message)?.[1] ?? String(error);
  } finally {
    await context.close();
  }
}

const connect = (host = "site.example") => gate.connect({ scheme: "http", host, port });

describe.each(["http", "https", "socks4", "socks5"] as const)("a proxy that speaks %s", (scheme) => {
  const make = (options = {}) => proxy({ scheme, ...(scheme === "https" && { tls }), ...options });
  beforeEach(() => {
    // the proxy's own name is looked up here, its sites' names are not
    if (scheme === "https") gate.close();
  });
  beforeEach(async () => {
    if (scheme !== "https") return;
    gate = await Gate.open(async (host) => (host === "localhost" ? ["127.0.0.1"] : Promise.reject(new Error("looked up here"))));
    gate.onRefusal = (reason) => refused.push(reason);
    gate.setPolicy(allowing("*", "127.0.0.1", "localhost"));
  });

  it("opens pages, looks their names up itself, and is signed in to", async () => {
    const made = await make(signIn);
    gate.setProxies([made.hop]);
    expect(await open(`http://site.example:${port}/index`)).toBe("Home");
    expect(new Set(made.asked)).toEqual(new Set([`site.example:${port}`]));
    const { sent, received } = gate.traffic;
    expect(sent).toBeGreaterThan(300);
    expect(received).toBeGreaterThan(300);
  });

  it("that wants other credentials is named as that, and no secret is in what is said", async () => {
    const made = await make(signIn);
    const wrong: Hop = { ...made.hop, username: "somebody", password: "guessed-secret" };
    gate.setProxies([wrong]);
    const failure: ProxyFailure = await connect().then(
      () => expect.fail("it was taken"),
      (error) => error,
    );
    expect(failure).toMatchObject({ code: "PROXY_AUTH_FAILED", proxyId: made.hop.id });
    expect(JSON.stringify([failure.message, failure.reason, failure.stack])).not.toContain("guessed-secret");
  });

  it("that does not reach the site is not blamed for it", async () => {
    const made = await make({ refuseWith: scheme === "socks5" ? 4 : scheme === "socks4" ? 91 : 502 });
    gate.setProxies([made.hop]);
    await expect(connect()).rejects.toMatchObject({ code: "PROXY_REFUSED", isProxys: false });
  });

  it("that is gone is named as that, also to the browser's page", async () => {
    const made = await make();
    gate.setProxies([made.hop]);
    await made.die();
    await expect(connect()).rejects.toMatchObject({ code: "PROXY_UNREACHABLE" });
    expect(await open(`http://site.example:${port}/index`)).toBe("ERR_SOCKS_CONNECTION_FAILED");
    expect(gate.proxyFailureOf({ scheme: "http", host: "site.example", port })?.code).toBe("PROXY_UNREACHABLE");
  });

  it("that says nothing is given up after a while", async () => {
    const made = await make();
    made.silence();
    const way = new ProxyWay([made.hop], ({ host, port: of }) => dialPinned(host, of, ["127.0.0.1"]), 50);
    await expect(way.connect({ host: "site.example", port })).rejects.toMatchObject({ code: "PROXY_TIMEOUT" });
  });
});

it("chains up to three of different kinds, each of which sees only the next", async () => {
  const [first, second, third] = [
    await proxy({ scheme: "socks5", ...signIn }),
    await proxy({ scheme: "http", ...signIn }),
    await proxy({ scheme: "socks4" }),
  ];
  gate.setProxies([first.hop, second.hop, third.hop]);
  expect(await open(`http://site.example:${port}/index`)).toBe("Home");
  expect(first.asked[0]).toBe(`127.0.0.1:${second.hop.port}`);
  expect(second.asked[0]).toBe(`127.0.0.1:${third.hop.port}`);
  expect(third.asked[0]).toBe(`site.example:${port}`);
  await second.die();
  await expect(connect()).rejects.toBeInstanceOf(ProxyFailure);
});

it("breaks what is open when it dies, and says so when the page asks again", async () => {
  const made = await proxy({ scheme: "socks5" });
  gate.setProxies([made.hop]);
  const socket = await connect();
  const broken = new Promise((resolve) => socket.once("close", resolve));
  await made.die();
  await broken;
  await expect(connect()).rejects.toMatchObject({ code: "PROXY_UNREACHABLE" });
});

describe("the policy", () => {
  it("judges what a proxy is asked for: hosts by name, and addresses of networks like this one", async () => {
    const made = await proxy({ scheme: "http" });
    gate.setPolicy(allowing(`127.0.0.1:${made.hop.port}`, "site.example", "*.example"));
    gate.setProxies([made.hop]);
    expect(await open(`http://site.example:${port}/index`)).toBe("Home");
    for (const host of ["other.test", "127.0.0.1", "10.0.0.7", "[::1]", "localhost", "a.localhost", "169.254.169.254"]) {
      expect(await open(`http://${host}:${port}/`)).toBe("ERR_SOCKS_CONNECTION_FAILED");
    }
    expect(new Set(made.asked)).toEqual(new Set([`site.example:${port}`]));
    expect(refused.map(({ subject }) => subject)).toEqual(expect.arrayContaining(["other.test", "10.0.0.7", "localhost"]));
  });

  it("judges the proxy itself, so that nobody is led into this network by one", async () => {
    const made = await proxy({ scheme: "http" });
    gate.setPolicy(allowing("*"));
    gate.setProxies([made.hop]);
    await expect(connect()).rejects.toBeInstanceOf(RefusedByPolicy);
    expect(refused[0]).toMatchObject({ kind: "address", subject: "127.0.0.1" });
    expect(made.asked).toEqual([]);
  });
});

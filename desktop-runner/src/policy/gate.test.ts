import { createServer } from "node:http";
import { connect } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findBrowser } from "../browser/find-browser.ts";
import { launchBrowser, through } from "../browser/launch-browser.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { allowing } from "../testing/worker.ts";
import { Gate } from "./gate.ts";
import type { RefusalReason } from "./network-policy.ts";

/** What names lead to in these tests; `site` answers on 127.0.0.1 only. */
const names: Record<string, string[]> = {
  "site.example": ["127.0.0.1"],
  "both.example": ["203.0.113.9", "127.0.0.1"],
  "turned.example": ["10.0.0.7"],
};

let site: FixtureSite;
let browser: Browser;
let closed: Gate;
let gate: Gate;
let refused: RefusalReason[];
let port: number;

beforeAll(async () => {
  site = await startFixtureSite();
  port = Number(new URL(site.origin).port);
  closed = await Gate.open();
  browser = await launchBrowser(findBrowser()?.path ?? "", { proxy: closed.address });
});
afterAll(async () => {
  await browser.close();
  closed.close();
  await site.close();
});
beforeEach(async () => {
  site.requests.length = 0;
  refused = [];
  gate = await Gate.open(async (host) => {
    const found = names[host];
    if (!found) throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    return found;
  });
  gate.onRefusal = (reason) => refused.push(reason);
});
afterEach(() => gate.close());

/** Opens an address through the gate. @returns the page's heading, or the browser's error */
async function open(url: string, ...patterns: string[]): Promise<string> {
  gate.setPolicy(allowing(...patterns));
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

describe("a name that leads to an address of this network", () => {
  it("is refused by every rule that does not say so", async () => {
    for (const pattern of ["*", "*.example", "site.example", `http://site.example:${port}`]) {
      expect(await open(`http://site.example:${port}/index`, pattern)).toBe("ERR_SOCKS_CONNECTION_FAILED");
    }
    expect(site.requests).toEqual([]);
    expect(refused[0]).toMatchObject({ kind: "address", subject: "site.example", rule: expect.stringContaining("loopback") });
  });

  it("is reached when the address is allowed too, and only at an address that is", async () => {
    expect(await open(`http://site.example:${port}/index`, "site.example", "127.0.0.1")).toBe("Home");
    expect(await open(`http://both.example:${port}/index`, "both.example", "127.0.0.0/8")).toBe("Home");
    expect(await open(`http://turned.example:${port}/index`, "turned.example", "127.0.0.1")).toBe("ERR_SOCKS_CONNECTION_FAILED");
    expect(refused.map(({ subject }) => subject)).toContain("turned.example");
  });
});

it("lets nothing through before it has a policy", async () => {
  const context = await browser.newContext({ proxy: through(gate.address) });
  const page = await context.newPage();
  await expect(page.goto(site.origin)).rejects.toThrow("ERR_SOCKS_CONNECTION_FAILED");
  await context.close();
  expect(site.requests).toEqual([]);
});

it("knows why a connection failed that it allowed", async () => {
  expect(await open("http://nowhere.example", "*")).toBe("ERR_SOCKS_CONNECTION_FAILED");
  const target = { scheme: "http", host: "nowhere.example", port: 80 } as const;
  expect([gate.troubleOf(target), gate.refusalOf(target)]).toEqual(["ENOTFOUND", undefined]);
});

it("holds a rule's scheme against what is really spoken", async () => {
  expect(await open(`http://127.0.0.1:${port}/index`, `http://127.0.0.1:${port}`)).toBe("Home");
  expect(await open(`http://127.0.0.1:${port}/index`, `https://127.0.0.1:${port}`)).not.toBe("Home");
  expect(refused[0]).toMatchObject({ kind: "host", subject: "127.0.0.1" });
});

it("cuts connections that are open when the policy comes to refuse them, and no others", async () => {
  const ends: string[] = [];
  const held = createServer((_, response) => response.write("begun"));
  await new Promise<void>((resolve) => held.listen(0, "127.0.0.1", resolve));
  const other = (held.address() as { port: number }).port;
  gate.setPolicy(allowing("127.0.0.1"));
  const dial = (to: number, name: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(gate.address).port), "127.0.0.1");
      socket.write(Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, to >> 8, to & 255]));
      socket.once("close", () => ends.push(name));
      let bytes = 0;
      socket.on("data", (chunk) => {
        bytes += chunk.length;
        if (bytes === 12) socket.write("GET /never HTTP/1.1\r\nHost: x\r\n\r\n", () => resolve());
      });
      socket.on("error", () => {});
    });
  await Promise.all([dial(port, "site"), dial(other, "other")]);
  gate.setPolicy(allowing(`127.0.0.1:${port}`));
  await expect.poll(() => ends).toEqual(["other"]);
  expect(refused).toMatchObject([{ subject: "127.0.0.1" }]);
  gate.close();
  held.closeAllConnections();
  held.close();
});

it.each([
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["SOCKS 4", Buffer.from([4, 1, 0, 80, 127, 0, 0, 1, 0])],
  ["a request to listen", Buffer.from([5, 1, 0, 5, 2, 0, 1, 127, 0, 0, 1, 0, 80])],
  ["no end", Buffer.alloc(4_000, 5)],
])("ends a connection that speaks %s", async (_, bytes) => {
  gate.setPolicy(allowing("*"));
  const socket = connect(Number(new URL(gate.address).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  socket.write(bytes);
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
});

describe("the runner's own page", () => {
  it("cannot be opened though its address is allowed; what was open is cut when it comes", async () => {
    const policy = allowing("127.0.0.1", "*.example");
    gate.setPolicy({ ...policy, ownPort: port });
    const context = await browser.newContext({ proxy: through(gate.address) });
    const visit = async (url: string) => (await context.newPage()).goto(url);
    for (const host of ["127.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]"]) {
      await expect(visit(`http://${host}:${port}/`)).rejects.toThrow("net::");
    }
    expect(site.requests).toEqual([]);
    expect(refused).toContainEqual({ kind: "local", rule: "it is the runner's own page", subject: "127.0.0.1" });
    gate.setPolicy(policy);
    await visit(site.origin);
    gate.setPolicy({ ...policy, ownPort: port });
    await expect(visit(site.origin)).rejects.toThrow("net::");
    await context.close();
  });
});

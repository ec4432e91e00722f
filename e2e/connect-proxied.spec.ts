import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { startTestProxy, type TestProxy } from "../desktop-runner/src/testing/test-proxy.ts";
import { own } from "./demo.ts";
import { deskhand, startDeskhand } from "./deskhand.ts";
import { online, pairAnother, startAnother } from "./faults/second-runner.ts";
import { expect, test } from "./fixtures.ts";

type Usage = { profileId: string; proxyId: string; bytesSent: number; bytesReceived: number };

/** Bytes of the page that is opened: what is counted is more than that. */
const pageBytes = 200_000;

/** A site, and what tells whoever asks where they come from: neither knows that it is asked by way of a proxy. */
async function startSite(): Promise<Server & { port: number }> {
  const server = createServer(({ url }, response) => {
    if (url === "/json") return void response.end(JSON.stringify({ ip: "203.0.113.9", country: "JP", timezone: "Asia/Tokyo" }));
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>Shop</title><h1>Shop</h1><p hidden>${"x".repeat(pageBytes)}`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

const clients: Record<string, (ws: string, url: string) => Promise<string | null | undefined>> = {
  Playwright: async (ws, url) => {
    const browser = await chromium.connectOverCDP(ws);
    const page = await browser.contexts()[0]?.newPage();
    await page?.goto(url);
    const heading = await page?.locator("h1").textContent();
    await page?.close();
    await browser.close();
    return heading;
  },
  Puppeteer: async (ws, url) => {
    const browser = await puppeteer.connect({ browserWSEndpoint: ws });
    const page = await browser.newPage();
    await page.goto(url);
    const heading = await page.$eval("h1", (found) => found.textContent);
    await page.close();
    await browser.disconnect();
    return heading;
  },
};

test("what a person's own Playwright and Puppeteer scripts send over a profile's proxy is counted by profile and proxy", async ({
  demo,
  product,
}) => {
  test.slow();
  const folder = await mkdtemp(path.join(tmpdir(), "deskhand-proxied-"));
  const home = path.join(folder, "home");
  const site = await startSite();
  const runnerName = own("Desk");
  const runnerId = await pairAnother(demo, product, home, "--name", runnerName);
  const runner = startAnother(home, { DESKHAND_PROXY_CHECK_URL: `http://exit.example:${site.port}/json` });
  await online(demo, runnerId);
  const env = { DESKHAND_HOME: home, DESKHAND_URL: product.url, DESKHAND_API_KEY: product.firstRun.apiKey };
  const cli = async (args: string[], input = "") => {
    const ended = await deskhand(args, { env, input });
    expect(ended, `deskhand ${args.join(" ")}`).toMatchObject({ exitCode: 0 });
    return ended;
  };
  await cli(["policy", "allow", "*.example"]);

  const proxies: TestProxy[] = [];
  const profiles: { name: string; proxy: TestProxy; id: string; proxyId: string }[] = [];
  for (const scheme of ["http", "socks5"] as const) {
    const proxy = await startTestProxy({ scheme, username: "ann", password: "p-w-secret" });
    proxies.push(proxy);
    const { lines } = await cli(["proxies", "import"], `${scheme}://ann:p-w-secret@127.0.0.1:${proxy.hop.port}\n`);
    const proxyId = String(lines.find(({ type }) => type === "proxy")?.id);
    const name = own(scheme);
    await cli(["profiles", "create", name, "--runner", runnerName, "--proxy", proxyId]);
    const { items } = await demo.call<{ items: ProfileView[] }>("GET", `/profiles?search=${encodeURIComponent(name)}`);
    profiles.push({ name, proxy, id: items[0]?.id as string, proxyId });
  }
  const usage = async (profileId: string) => (await demo.call<{ items: Usage[] }>("GET", `/proxies/usage?profileId=${profileId}`)).items;

  for (const { name, proxy, id, proxyId } of profiles) {
    await expect.poll(async () => (await demo.call<ProfileView>("GET", `/profiles/${id}`)).appliedRevision).toBeGreaterThan(0);
    let before = 0;
    for (const [client, visit] of Object.entries(clients)) {
      await test.step(`${client} on ${name}`, async () => {
        const connecting = startDeskhand(["profiles", "connect", name], env);
        connecting.stdin.end();
        // it may be gone before whoever closes it is answered
        const gone = once(connecting, "close");
        const lines: Record<string, string>[] = [];
        createInterface({ input: connecting.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
        await expect.poll(() => lines[0], { timeout: 60_000 }).toBeDefined();
        expect(lines[0], `the proxy was asked for ${proxy.asked.join(", ")}`).toMatchObject({ type: "connection" });
        // the identity is of no Japanese, and whoever connects is told
        await expect.poll(() => lines.find(({ type }) => type === "warning")?.message).toContain("Asia/Tokyo");
        expect(await visit(lines[0]?.ws as string, `http://shop.example:${site.port}/`)).toBe("Shop");
        await cli(["profiles", "close", name]);
        expect(await gone).toEqual([0, null]);
        expect(lines.at(-1)).toMatchObject({ type: "result", reason: "CLOSED" });
        const received = async () => (await usage(id))[0]?.bytesReceived ?? 0;
        await expect.poll(received).toBeGreaterThan(before + pageBytes);
        before = await received();
      });
    }
    // by the profile's own proxy alone, and each page once for each client
    expect(await usage(id)).toMatchObject([{ profileId: id, proxyId }]);
    expect(before).toBeLessThan(3 * pageBytes);
    expect(new Set(proxy.asked.map((target) => target.split(":")[0]))).toEqual(new Set(["exit.example", "shop.example"]));
  }
  const [first, second] = profiles;
  expect((await usage(first?.id ?? ""))[0]?.proxyId).not.toBe((await usage(second?.id ?? ""))[0]?.proxyId);
  await runner.stop();
  await Promise.all(proxies.map((proxy) => proxy.die()));
  site.closeAllConnections();
  site.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchTestBrowser } from "../testing/browser.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { networkProcess } from "./network-process.ts";
import { restoreFolder, restoreState } from "./profile-state.ts";

let site: FixtureSite;
let browser: Browser;
beforeAll(async () => {
  site = await startFixtureSite();
  browser = await launchTestBrowser();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test("a state has the cookie of everything that it has stored, however busy the page is meanwhile", async () => {
  const context = await browser.newContext();
  const tracker = await restoreState(context, undefined);
  const page = await context.newPage();
  await page.goto(`${site.origin}/index`);
  await page.evaluate(() => {
    let turn = 0;
    setInterval(() => {
      turn++;
      // biome-ignore lint/suspicious/noDocumentCookie: as sites do it
      document.cookie = `turn=${turn}`;
      localStorage.setItem("turn", String(turn));
    }, 1);
  });
  for (let look = 0; look < 20; look++) {
    const { cookies, origins } = await tracker.collect();
    const stored = Number(origins[0]?.localStorage.find(({ name }) => name === "turn")?.value ?? 0);
    expect(Number(cookies.find(({ name }) => name === "turn")?.value ?? 0)).toBeGreaterThanOrEqual(stored);
  }
  await context.close();
});

test("a folder whose browser was killed gets what the state has and it has not, and keeps what only it has", async () => {
  const context = await browser.newContext();
  const { hostname } = new URL(site.origin);
  const page = await context.newPage();
  await page.goto(`${site.origin}/index`);
  // as it was written down last
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: as sites do it
    document.cookie = "session=old; max-age=3600";
    localStorage.setItem("token", "old");
    localStorage.setItem("own", "kept");
  });
  await page.close();
  const cookie = {
    domain: hostname,
    path: "/",
    expires: Date.now() / 1000 + 3600,
    httpOnly: false,
    secure: false,
    sameSite: "Lax" as const,
  };
  const state = {
    cookies: [
      { ...cookie, name: "session", value: "new" },
      { ...cookie, name: "added", value: "1" },
    ],
    origins: [{ origin: site.origin, localStorage: [{ name: "token", value: "new" }] }],
  };
  const tracker = await restoreFolder(context, state, { isInStep: true, wasKilled: true });
  const again = await context.newPage();
  await again.goto(`${site.origin}/index`);
  const { cookies, origins } = await tracker.collect();
  expect(Object.fromEntries(cookies.map(({ name, value }) => [name, value]))).toEqual({ session: "new", added: "1" });
  expect(Object.fromEntries(origins[0]?.localStorage.map(({ name, value }) => [name, value]) ?? [])).toEqual({ token: "new", own: "kept" });
  await context.close();
});

test("a state is collected while the browser's network process dies, and none of its cookies is lost", async () => {
  const context = await browser.newContext();
  const { hostname } = new URL(site.origin);
  const cookie = { name: "kept", value: "1", domain: hostname, path: "/", expires: -1, httpOnly: false, secure: false };
  const tracker = await restoreState(context, { cookies: [{ ...cookie, sameSite: "Lax" }], origins: [] });
  const page = await context.newPage();
  await page.goto(`${site.origin}/index`);
  await tracker.collect();
  for (let death = 0; death < 5; death++) {
    const network = await networkProcess(browser);
    // some of what is asked now is asked of a process that will not answer
    const collecting = tracker.collect();
    process.kill(network ?? 0, "SIGKILL");
    expect((await collecting).cookies).toMatchObject([{ name: "kept" }]);
    await vi.waitUntil(async () => ![undefined, network].includes(await networkProcess(browser)));
    expect((await tracker.collect()).cookies).toMatchObject([{ name: "kept" }]);
  }
  await context.close();
});

import { once } from "node:events";
import path from "node:path";
import type { Identity } from "@deskhand/shared/schemas/identity";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addFrame, deviceIn, expectOneDevice, type Visited, visitWithPlaywright } from "../testing/compare-devices.ts";
import { startConnection } from "../testing/connection-process.ts";
import { type DeviceSite, startDeviceSite } from "../testing/device-page.ts";
import { laptop, phone } from "../testing/devices.ts";
import { allowing, type TestFolder, testFolder } from "../testing/worker.ts";
import { createBrowserPool } from "./browser-pool.ts";
import { shapeOf } from "./context-shape.ts";
import { openDedicated } from "./dedicated-browser.ts";
import { findBrowser } from "./find-browser.ts";

const policy = allowing("127.0.0.1", "localhost");
const place = `new Promise((tell) => navigator.geolocation.getCurrentPosition(({ coords }) => tell(coords.latitude), () => tell(null)))`;
const pageSize = "[innerWidth, innerHeight]";

let site: DeviceSite;
let folder: TestFolder;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  site = await startDeviceSite();
});
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await folder.remove();
});
afterAll(() => site.close());

const opened: Record<string, (identity: Identity) => Promise<Visited>> = {
  "the shared engine, as runs get it": async (identity) => {
    const pool = createBrowserPool({
      executablePath: findBrowser()?.path ?? "",
      tracesDir: folder.path,
      downloadsPath: folder.path,
      spares: 0,
    });
    closing.push(() => pool.close());
    const { page, gate } = await pool.take(shapeOf({ steps: [] }, { identity }));
    gate.setPolicy(policy);
    await page.goto(site.origin);
    return visitWithPlaywright(page, site);
  },
  "the dedicated engine": async (identity) => {
    const { width, height } = identity.viewport;
    const { deviceScaleFactor, isMobile, hasTouch } = identity;
    const { context, page, gate, close } = await openDedicated(path.join(folder.path, "profile"), {
      executablePath: findBrowser()?.path ?? "",
      tracesDir: folder.path,
      downloadsPath: folder.path,
      shape: { width, height, deviceScaleFactor, isMobile, hasTouch },
      identity,
      window: false,
      trace: false,
    });
    closing.push(close);
    gate.setPolicy(policy);
    await page.goto(site.origin);
    expect(context.pages()).toHaveLength(1);
    return visitWithPlaywright(page, site);
  },
  "Playwright that is connected": async (identity) => {
    const browser = await chromium.connectOverCDP(await connectTo(identity));
    closing.push(() => browser.close());
    const page = await browser.contexts()[0]?.newPage();
    if (!page) throw new Error("There is no page.");
    await page.goto(site.origin);
    return visitWithPlaywright(page, site);
  },
  "Puppeteer that is connected": async (identity) => {
    const browser = await puppeteer.connect({ browserWSEndpoint: await connectTo(identity) });
    closing.push(() => browser.disconnect());
    const page = await browser.newPage();
    await page.goto(site.origin);
    return {
      evaluate: (script) => page.evaluate(script),
      frameOfOtherSite: async () => {
        const src = `${site.otherOrigin}/frame`;
        await page.evaluate(addFrame(src));
        return page.waitForFrame((frame) => frame.url() === src);
      },
      popup: async () => {
        const shown = new Promise<NonNullable<Awaited<ReturnType<typeof browser.newPage>>>>((tell) => {
          page.once("popup", (popup) => popup && tell(popup));
        });
        await page.evaluate("void window.open('/popup')");
        const popup = await shown;
        await popup.waitForFunction("document.readyState === 'complete' && location.pathname === '/popup'");
        return popup;
      },
    };
  },
};

async function connectTo(identity: Identity, urls: string[] = []): Promise<string> {
  const settings = { ...defaultSettings, identity };
  const connection = startConnection({ profileDir: path.join(folder.path, "profile"), settings, policy, urls });
  closing.push(async () => {
    connection.child.disconnect();
    await once(connection.child, "exit");
  });
  return (await connection.ready).ws;
}

describe.each(Object.keys(opened))("in %s", (how) => {
  test.each([
    ["a computer", laptop],
    ["a phone", phone],
  ])(
    "%s is the same in the page, a frame of another site, every kind of worker, a pop-up, and in the headers of each",
    async (_, device) => {
      const page = await opened[how]?.(device);
      if (!page) throw new Error("It was not opened.");
      await expectOneDevice(page, device, site);
      // Puppeteer gives pages a size of its own, and a phone's page has the one that it asks for
      const own = how.startsWith("Puppeteer") ? { width: 800, height: 600 } : device.viewport;
      if (!device.isMobile) expect(await page.evaluate(pageSize)).toEqual([own.width, own.height]);
      if (device.geolocation) expect(await page.evaluate(place)).toBe(device.geolocation.latitude);
    },
  );
});

test("a page that was open before a client came has met its site as the profile's device, and is it for the client", async () => {
  const browser = await chromium.connectOverCDP(await connectTo(laptop, [`${site.origin}/before`]));
  closing.push(() => browser.close());
  const page = browser
    .contexts()[0]
    ?.pages()
    .find((one) => one.url().endsWith("/before"));
  if (!page) throw new Error("The page is not there.");
  expect(await deviceIn(page)).toMatchObject({ hardwareConcurrency: 12, platform: "Win32", dark: true, screen: [1920, 1080] });
  expect(site.headersOf("/before")["sec-ch-ua-platform"]).toBe('"Windows"');
  expect(site.headersOf("/before")["sec-ch-ua"]).not.toContain("Headless");
});

import type { Identity } from "@deskhand/shared/schemas/identity";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launchTestBrowser } from "../testing/browser.ts";
import { deviceIn, expectOneDevice, visitWithPlaywright } from "../testing/compare-devices.ts";
import { askWorker, type DeviceSite, startDeviceSite } from "../testing/device-page.ts";
import { laptop, phone } from "../testing/devices.ts";
import { assumeIdentity, contextOptionsOf, identityFlags, prepareForIdentities } from "./apply-identity.ts";
import { findBrowser } from "./find-browser.ts";

let site: DeviceSite;
let browser: Browser;
const open: BrowserContext[] = [];
beforeAll(async () => {
  site = await startDeviceSite();
  browser = await launchTestBrowser();
  prepareForIdentities(browser);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});
afterEach(() => Promise.all(open.splice(0).map((context) => context.close())));

async function openAs(identity: Identity): Promise<Page> {
  const context = await browser.newContext(contextOptionsOf(identity));
  open.push(context);
  const page = await context.newPage();
  await assumeIdentity(context, identity);
  await page.goto(site.origin);
  return page;
}

describe.each([
  ["a computer", laptop],
  ["a phone", phone],
])("%s", (_, identity) => {
  it("is the same in the page, a frame of another site, every kind of worker, a pop-up, and in the headers of each", async () => {
    await expectOneDevice(visitWithPlaywright(await openAs(identity), site), identity, site);
  });
});

it("names the version of the browser that is there, and not that it has no window", async () => {
  const { userAgent, hints } = await deviceIn(await openAs(laptop));
  const version = browser.version();
  expect(userAgent).toContain(`Chrome/${version.split(".")[0]}.0.0.0`);
  expect(JSON.stringify([userAgent, hints])).not.toContain("Headless");
  expect(hints.uaFullVersion).toBe(version);
});

it("keeps contexts of one browser apart, and leaves one without an identity as it is", async () => {
  const [first, second] = await Promise.all([openAs(laptop), openAs(phone)]);
  const plain = await browser.newContext();
  open.push(plain);
  const third = await plain.newPage();
  await third.goto(site.origin);
  const zones = await Promise.all([first, second, third].map(async (page) => (await deviceIn(page)).timeZone));
  expect(zones.slice(0, 2)).toEqual(["Asia/Tokyo", "Europe/Paris"]);
  expect(zones[2]).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  expect(await third.evaluate("navigator.hardwareConcurrency")).not.toBe(12);
});

it("answers with its place where it has one", async () => {
  const page = await openAs(laptop);
  const ask = `new Promise((tell) => navigator.geolocation.getCurrentPosition(({ coords }) => tell(coords.latitude), () => tell(null)))`;
  expect(await page.evaluate(ask)).toBe(35.68);
});

it("changes nothing that a page could see where the computer's own device would say the same", async () => {
  const page = await openAs(laptop);
  expect(await page.evaluate("Object.getOwnPropertyNames(navigator)")).toEqual([]);
  expect(await page.evaluate("Object.getOwnPropertyDescriptor(Navigator.prototype, 'userAgent').get.toString()")).toContain(
    "[native code]",
  );
});

it("holds for a service worker's own script too, in a browser that is this device's alone", async () => {
  const args = ["--no-sandbox", "--site-per-process", ...identityFlags(laptop, browser.version())];
  const own = await chromium.launch({ executablePath: findBrowser()?.path ?? "", args });
  try {
    prepareForIdentities(own);
    const context = await own.newContext(contextOptionsOf(laptop));
    await assumeIdentity(context, laptop);
    const page = await context.newPage();
    await page.goto(site.origin);
    const { userAgent } = await deviceIn(page);
    await page.evaluate(askWorker.service);
    expect(site.headersOf("/service.js")["user-agent"]).toBe(userAgent);
  } finally {
    await own.close();
  }
});

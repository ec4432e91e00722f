import type { IncomingHttpHeaders } from "node:http";
import type { Identity } from "@deskhand/shared/schemas/identity";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { askWorker, type DeviceSite } from "./device-page.ts";

export type Device = Record<string, unknown> & { userAgent: string; languages: string[]; hints: Record<string, unknown> };

/** Where script runs, as Playwright and Puppeteer both have it. */
export type Place = { evaluate(script: string): Promise<unknown> };
/** A page of {@link DeviceSite}, which can open more. */
export type Visited = Place & { frameOfOtherSite(): Promise<Place>; popup(): Promise<Place> };

const paths = ["/", "/frame", "/popup", "/dedicated.js", "/shared.js", "/from-worker", "/from-shared", "/from-service"];

/** A page of Playwright's that shows the site. */
export function visitWithPlaywright(page: Page, site: DeviceSite): Visited {
  return {
    evaluate: (script) => page.evaluate(script),
    frameOfOtherSite: async () => {
      const added = page.waitForEvent("frameattached");
      await page.evaluate(addFrame(`${site.otherOrigin}/frame`));
      return added;
    },
    popup: async () => {
      const [popup] = await Promise.all([page.waitForEvent("popup"), page.evaluate("void window.open('/popup')")]);
      await popup.waitForLoadState();
      return popup;
    },
  };
}

/** To be evaluated in a page: shows the other site in a frame, and resolves when it is there. */
export const addFrame = (src: string) => `new Promise((loaded) => {
  document.body.append(Object.assign(document.createElement("iframe"), { src: ${JSON.stringify(src)}, onload: () => loaded() }));
})`;

export const deviceIn = (place: Place) => place.evaluate("report()") as Promise<Device>;

/** Reads the device in the page, a frame of another site, a pop-up, all kinds of workers and the headers of each, and compares them. */
export async function expectOneDevice(page: Visited, identity: Identity, site: DeviceSite): Promise<void> {
  const inPage = await deviceIn(page);
  const { screen, scale, dark, touch, ...everywhere } = inPage;
  const frame = await page.frameOfOtherSite();
  const popup = await page.popup();

  expect(inPage).toMatchObject({
    languages: identity.languages,
    language: identity.languages[0],
    locale: identity.languages[0],
    timeZone: identity.timeZone,
    hardwareConcurrency: identity.hardwareConcurrency,
    hints: { platformVersion: identity.platformVersion, mobile: identity.isMobile, model: identity.model },
  });
  expect({ screen, scale, dark, touch }).toEqual({
    screen: [identity.screen.width, identity.screen.height],
    scale: identity.deviceScaleFactor,
    dark: identity.colorScheme === "dark",
    touch: identity.hasTouch,
  });
  expect(await deviceIn(frame)).toEqual(inPage);
  expect(await deviceIn(popup)).toEqual(inPage);
  expect(await page.evaluate(askWorker.dedicated)).toEqual(everywhere);
  expect(await frame.evaluate(askWorker.dedicated)).toEqual(everywhere);
  expect(await page.evaluate(askWorker.shared)).toEqual(everywhere);
  expect(await page.evaluate(askWorker.service)).toEqual(everywhere);

  const { userAgent, languages } = inPage;
  for (const path of paths) expect({ path, ...deviceOfHeaders(site.headersOf(path)) }).toEqual({ path, userAgent, languages });
  const brands = (list: unknown) =>
    (list as { brand: string; version: string }[]).map(({ brand, version }) => `"${brand}";v="${version}"`).join(", ");
  expect(site.headersOf("/popup")).toMatchObject({
    "sec-ch-ua": brands(inPage.hints.brands),
    "sec-ch-ua-full-version-list": brands(inPage.hints.fullVersionList),
    "sec-ch-ua-platform": `"${inPage.hints.platform}"`,
    "sec-ch-ua-platform-version": `"${identity.platformVersion}"`,
    "sec-ch-ua-mobile": identity.isMobile ? "?1" : "?0",
    "sec-ch-ua-arch": `"${inPage.hints.architecture}"`,
    "sec-ch-ua-model": `"${identity.model}"`,
  });
}

/** What the headers say, in the words of what script reads. */
function deviceOfHeaders(headers: IncomingHttpHeaders): Partial<Device> {
  const languages = String(headers["accept-language"]).split(",");
  return { userAgent: String(headers["user-agent"]), languages: languages.map((language) => language.split(";")[0] ?? "") };
}

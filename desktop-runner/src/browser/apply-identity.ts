import type { Identity } from "@deskhand/shared/schemas/identity";
import { userAgentOverride } from "@deskhand/shared/schemas/identity-user-agent";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { IdentityLayer } from "./identity-transport.ts";

/** What of a device a context has to be opened with; the rest is told with {@link assumeIdentity}. */
export function contextOptionsOf(identity: Identity): BrowserContextOptions {
  const { viewport, screen, deviceScaleFactor, isMobile, hasTouch, colorScheme, geolocation } = identity;
  return {
    viewport,
    screen,
    deviceScaleFactor,
    isMobile,
    hasTouch,
    colorScheme,
    ...(geolocation && { geolocation, permissions: ["geolocation"] }),
  };
}

/** Has to be called for a new browser before its first context. */
export function prepareForIdentities(browser: Browser): void {
  IdentityLayer.of(browser);
}

/** Makes the context this device, in all that it opens from here on; for one that was opened with {@link contextOptionsOf} and is empty. */
export async function assumeIdentity(context: BrowserContext, identity: Identity): Promise<void> {
  const browser = context.browser();
  if (!browser) throw new Error("This context has no browser of its own.");
  await IdentityLayer.of(browser).assume(context, identity);
}

/**
 * Flags for a browser that is one device's only. They hold where nothing else does: the request for a service worker's script, and the
 * screen that frames of other sites see.
 */
export function identityFlags(identity: Identity, browserVersion: string): string[] {
  const { screen, deviceScaleFactor, languages } = identity;
  const { userAgent } = userAgentOverride(identity, browserVersion);
  const pixels = `${Math.round(screen.width * deviceScaleFactor)}x${Math.round(screen.height * deviceScaleFactor)}`;
  return [
    `--user-agent=${userAgent}`,
    `--accept-lang=${languages.join(",")}`,
    `--lang=${languages[0]}`,
    `--screen-info={${pixels} devicePixelRatio=${deviceScaleFactor}}`,
  ];
}

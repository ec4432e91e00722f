import type { Identity } from "@deskhand/shared/schemas/identity";
import { userAgentOverride } from "@deskhand/shared/schemas/identity-user-agent";

export type Call = { method: string; params: Record<string, unknown> };
type Message = { method?: string; params?: Record<string, unknown> };

/** What a target is told. One that cannot be told a part of it answers with an error, which is passed over: its process knows it then. */
export function callsFor(type: string, identity: Identity, version: string): Call[] {
  const override = userAgentOverride(identity, version);
  const calls: Call[] = [
    { method: "Emulation.setUserAgentOverride", params: override },
    { method: "Emulation.setHardwareConcurrencyOverride", params: { hardwareConcurrency: identity.hardwareConcurrency } },
    // both hold for a process; the second target in it is told that they do
    { method: "Emulation.setLocaleOverride", params: { locale: identity.languages[0] } },
    { method: "Emulation.setTimezoneOverride", params: { timezoneId: identity.timeZone } },
  ];
  const { userAgent, platform } = override;
  if (type.endsWith("worker")) calls.push(script("Runtime.evaluate", "expression", correctWorker, { userAgent, platform }));
  if (type === "iframe") {
    const { screen, deviceScaleFactor } = identity;
    calls.push({ method: "Page.enable", params: {} });
    calls.push(script("Page.addScriptToEvaluateOnNewDocument", "source", correctFrame, { ...screen, deviceScaleFactor }));
  }
  return calls;
}

function script<T>(method: string, name: string, run: (given: T) => void, given: T): Call {
  return { method, params: { [name]: `(${String(run)})(${JSON.stringify(given)})` } };
}

/**
 * What the protocol cannot tell a worker (Chromium 156): the platform, and in shared and service workers the user agent. Touched only
 * where it differs, so that nothing can be seen of it where the identity's system is the computer's own.
 */
function correctWorker({ userAgent, platform }: { userAgent: string; platform: string }): void {
  const wanted: Record<string, string> = { userAgent, appVersion: userAgent.replace(/^Mozilla\//, ""), platform };
  for (const [name, value] of Object.entries(wanted)) {
    const own = navigator as unknown as Record<string, string>;
    if (own[name] === value) continue;
    // a bound function shows no source
    const get = (() => value).bind(undefined);
    Object.defineProperty(Object.getPrototypeOf(navigator), name, { get, enumerable: true, configurable: true });
  }
}

/** A frame of another site sees the computer's own screen, because the emulated one ends at its page's process (Chromium 156). */
function correctFrame({ width, height, deviceScaleFactor }: { width: number; height: number; deviceScaleFactor: number }): void {
  const define = (owner: object, name: string, value: number) => {
    if ((owner as Record<string, number>)[name] === value) return;
    const holder = owner === screen ? Object.getPrototypeOf(screen) : owner;
    Object.defineProperty(holder, name, { get: (() => value).bind(undefined), enumerable: true, configurable: true });
  };
  for (const name of ["width", "availWidth"]) define(screen, name, width);
  for (const name of ["height", "availHeight"]) define(screen, name, height);
  define(self, "devicePixelRatio", deviceScaleFactor);
}

/** What of the device Playwright tells a context by itself ({@link contextOptionsOf}), for browsers that others speak with. */
export function deviceCallsFor(type: string, identity: Identity): Call[] {
  const { geolocation } = identity;
  return [
    ...(type === "page" ? [{ method: "Emulation.setDeviceMetricsOverride", params: metricsOf(identity, identity.viewport) }] : []),
    touchOf(identity),
    { method: "Emulation.setEmulatedMedia", params: { features: [schemeOf(identity)] } },
    ...(geolocation ? [{ method: "Emulation.setGeolocationOverride", params: geolocation }] : []),
  ];
}

/**
 * A client's command as far as the device goes: it may give a computer's page another size, and changes nothing of scale, touch, screen and
 * colour scheme. Unless they are told otherwise, Puppeteer gives every page a size of its own, and Playwright has it light.
 */
export function heldToDevice<T extends Message>(message: T, identity: Identity): T {
  const { method, params } = message;
  if (method === "Emulation.setTouchEmulationEnabled") return { ...message, ...touchOf(identity) };
  if (method === "Emulation.setEmulatedMedia") {
    const features = (params?.features ?? []) as { name: string }[];
    const scheme = schemeOf(identity);
    return { ...message, params: { ...params, features: [...features.filter(({ name }) => name !== scheme.name), scheme] } };
  }
  const isCleared = method === "Emulation.clearDeviceMetricsOverride";
  if (!isCleared && method !== "Emulation.setDeviceMetricsOverride") return message;
  const { screen, viewport, isMobile } = identity;
  const sideOf = (side: "width" | "height") => {
    const wanted = Number(params?.[side]);
    return isMobile || isCleared || !(wanted > 0) ? viewport[side] : Math.min(wanted, screen[side]);
  };
  const size = { width: sideOf("width"), height: sideOf("height") };
  return { ...message, method: "Emulation.setDeviceMetricsOverride", params: metricsOf(identity, size) };
}

const schemeOf = ({ colorScheme }: Identity) => ({ name: "prefers-color-scheme", value: colorScheme });

function metricsOf({ screen, deviceScaleFactor, isMobile }: Identity, size: { width: number; height: number }): Call["params"] {
  const isWide = size.width > size.height;
  const angles = isMobile ? { portrait: 0, landscape: 90 } : { portrait: 90, landscape: 0 };
  return {
    ...size,
    deviceScaleFactor,
    mobile: isMobile,
    screenWidth: screen.width,
    screenHeight: screen.height,
    screenOrientation: isWide ? { angle: angles.landscape, type: "landscapePrimary" } : { angle: angles.portrait, type: "portraitPrimary" },
  };
}

function touchOf({ hasTouch }: Identity): Call {
  return { method: "Emulation.setTouchEmulationEnabled", params: { enabled: hasTouch, ...(hasTouch && { maxTouchPoints: 5 }) } };
}

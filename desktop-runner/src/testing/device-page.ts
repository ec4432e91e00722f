import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export type DeviceSite = {
  /** The same server under two names that are two sites for a browser. */
  origin: string;
  otherOrigin: string;
  /** Headers of the request for this path, as it came last. */
  headersOf(path: string): IncomingHttpHeaders;
  close(): Promise<void>;
};

/** What is read of the device wherever script runs; a part of what page, frame and worker are compared by. */
const report = `self.report = async () => {
  const hints = await navigator.userAgentData.getHighEntropyValues(
    ["architecture", "bitness", "model", "platformVersion", "fullVersionList", "uaFullVersion", "wow64", "formFactors"]);
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  const { userAgent, appVersion, platform, language, languages, hardwareConcurrency } = navigator;
  const device = { userAgent, appVersion, platform, language, languages, hardwareConcurrency, hints, timeZone, locale,
    offset: new Date(0).getTimezoneOffset(), number: (1234.5).toLocaleString() };
  if (!self.screen) return device;
  return { ...device, screen: [screen.width, screen.height], scale: devicePixelRatio,
    dark: matchMedia("(prefers-color-scheme: dark)").matches, touch: navigator.maxTouchPoints > 0 };
};`;

const worker = `${report}
if (self.SharedWorkerGlobalScope) {
  self.onconnect = ({ ports: [port] }) => fetch("/from-shared").then(report).then((device) => port.postMessage(device));
} else if (self.ServiceWorkerGlobalScope) {
  self.addEventListener("install", (event) => event.waitUntil(fetch("/from-service").then(() => self.skipWaiting())));
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("message", ({ source }) => report().then((device) => source.postMessage(device)));
} else {
  fetch("/from-worker").then(report).then((device) => postMessage(device));
}`;

/** Pages and workers that tell what device they see, and a record of what the server saw. Loopback only. */
export async function startDeviceSite(): Promise<DeviceSite> {
  const seen = new Map<string, IncomingHttpHeaders>();
  const server = createServer(({ url = "/", headers }, response) => {
    const path = url.split("?")[0] ?? "/";
    seen.set(path, headers);
    response.setHeader(
      "accept-ch",
      ["Platform-Version", "Full-Version-List", "Arch", "Bitness", "Model"].map((hint) => `Sec-CH-UA-${hint}`).join(", "),
    );
    const isScript = path.endsWith(".js");
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? worker : `<!doctype html><title>Device</title><script>${report}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    otherOrigin: `http://localhost:${port}`,
    headersOf: (path) => seen.get(path) ?? {},
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** To be evaluated in a page of the site: what a worker of this kind tells. */
export const askWorker = {
  dedicated: `new Promise((tell) => { new Worker("/dedicated.js").onmessage = ({ data }) => tell(data); })`,
  shared: `new Promise((tell) => { new SharedWorker("/shared.js").port.onmessage = ({ data }) => tell(data); })`,
  service: `new Promise(async (tell) => {
    navigator.serviceWorker.onmessage = ({ data }) => tell(data);
    await navigator.serviceWorker.register("/service.js");
    (await navigator.serviceWorker.ready).active.postMessage("");
  })`,
} as const;

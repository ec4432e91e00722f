import os from "node:os";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";
import { loadExtensions } from "./extensions.ts";

/**
 * A second --disable-features replaces the first, so Playwright's own list (1.65) is repeated here before ours, which spares a
 * full Chromium's own pages and start-up work: 45 MB and half of the time to start.
 */
const disabledFeatures = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
  "msForceBrowserSignIn",
  "msEdgeUpdateLaunchServicesPreferredVersion",
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "SpareRendererForSitePerProcess",
  "PreloadTopChromeWebUI",
  "Translate",
  "OptimizationGuideModelDownloading",
  "InterestFeedContentSuggestions",
  "CertificateTransparencyComponentUpdater",
  "AutofillServerCommunication",
];

/**
 * A full Chromium asks Google for the accounts that are signed in, and for newer parts of itself, whatever else is switched off; a policy
 * shows that as sites which were refused, though no page asked for them. Asked here instead, it refuses itself: port 1 is one of those that
 * Chromium connects to for nobody (net/base/port_util.cc).
 */
const nobody = "https://127.0.0.1:1";
const noErrandsOfItsOwn = [`--gaia-url=${nobody}`, `--component-updater=url-source=${nobody}/`];

/** Measured on Chromium's headless shell: small, quiet, and with each site in a process of its own. */
export function browserFlags(alsoDisabled: readonly string[] = []): string[] {
  const flags = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...noErrandsOfItsOwn,
    "--site-per-process",
    `--disable-features=${[...disabledFeatures, ...alsoDisabled].join(",")}`,
  ];
  // Chromium's sandbox refuses to run as root
  if (os.platform() === "linux" && process.getuid?.() === 0) flags.push("--no-sandbox");
  return flags;
}

/**
 * Keeps everything that does not go through a proxy from going anywhere: WebRTC's datagrams, QUIC, and names that are looked up ahead of
 * need (a look-up tells the name's owner). The proxy itself is on loopback.
 */
export const noOtherWay = [
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--disable-quic",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

/** The proxy for everything, this computer's own addresses too, which a browser otherwise reaches without it. */
export function through(server: string): { server: string; bypass: string } {
  return { server, bypass: "<-loopback>" };
}

/**
 * Starts a headless browser. It is the child of this process and dies with it: Playwright closes it when this process gets
 * SIGINT, SIGTERM or SIGHUP or exits, and Chromium itself ends when the pipe to this process breaks.
 */
export function launchBrowser(
  executablePath: string,
  { proxy, ...options }: { downloadsPath?: string; tracesDir?: string /** Nothing leaves by another way. */; proxy?: string } = {},
): Promise<Browser> {
  const way = proxy ? { proxy: through(proxy), args: [...browserFlags(), ...noOtherWay] } : { args: browserFlags() };
  return chromium.launch({ executablePath, headless: true, timeout: 30_000, ...options, ...way });
}

export type FolderLaunch = {
  executablePath: string;
  /** The browser's own folder; made when it is not there. */
  userDataDir: string;
  /** Nothing leaves by another way. */
  proxy: string;
  downloadsPath: string;
  tracesDir: string;
  /** In a window that a person can use; else nothing is shown. */
  window: boolean;
  /** Folders of unpacked extensions; beside them it has those of its own folder. */
  extensions: readonly string[];
  /** More flags. */
  args?: readonly string[];
  context: BrowserContextOptions;
};

/** Starts a browser that keeps everything in its own folder, and ends with its context. It dies with this process as {@link launchBrowser}'s. */
export function launchWithFolder({
  userDataDir,
  proxy,
  window,
  extensions,
  args = [],
  context,
  ...options
}: FolderLaunch): Promise<BrowserContext> {
  const loading = loadExtensions(extensions);
  return chromium.launchPersistentContext(userDataDir, {
    ...options,
    headless: !window,
    timeout: 30_000,
    proxy: through(proxy),
    args: [...browserFlags(loading.disabled), ...noOtherWay, ...loading.args, ...args],
    // Playwright's own: what is installed in the folder belongs to the profile
    ignoreDefaultArgs: ["--disable-extensions"],
    acceptDownloads: true,
    ...context,
  });
}

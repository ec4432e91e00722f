import type { Identity } from "./identity.ts";

type Brand = { brand: string; version: string };

/** What the browser is told to be: parameters of CDP's `Emulation.setUserAgentOverride`, in its own spelling. */
export type UserAgentOverride = {
  userAgent: string;
  acceptLanguage: string;
  /** `navigator.platform` */
  platform: string;
  userAgentMetadata: {
    brands: Brand[];
    fullVersionList: Brand[];
    fullVersion: string;
    platform: string;
    platformVersion: string;
    architecture: string;
    model: string;
    mobile: boolean;
    bitness: string;
    wow64: boolean;
    formFactors: string[];
  };
};

const systems = {
  windows: { token: "Windows NT 10.0; Win64; x64", platform: "Win32", hint: "Windows" },
  macos: { token: "Macintosh; Intel Mac OS X 10_15_7", platform: "MacIntel", hint: "macOS" },
  linux: { token: "X11; Linux x86_64", platform: "Linux x86_64", hint: "Linux" },
  android: { token: "Linux; Android 10; K", platform: "Linux armv81", hint: "Android" },
} as const;

/**
 * Everything that names the browser, of one piece. The version is the real browser's (`156.0.8078.79`) unless the identity brings a user
 * agent; the user agent is the reduced one, which says the same for every device of a system (https://www.chromium.org/updates/ua-reduction).
 */
export function userAgentOverride(identity: Identity, browserVersion: string): UserAgentOverride {
  const { os, isMobile, languages } = identity;
  const system = systems[os];
  const given = /Chrome\/([\d.]+)/.exec(identity.userAgent ?? "")?.[1];
  const major = (given ?? browserVersion).split(".")[0] ?? "";
  const full = browserVersion.split(".")[0] === major ? browserVersion : `${major}.0.0.0`;
  const brand = /Edg\//.test(identity.userAgent ?? "") ? "Microsoft Edge" : "Google Chrome";
  const reduced = `Mozilla/5.0 (${system.token}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 ${isMobile ? "Mobile " : ""}Safari/537.36`;
  return {
    userAgent: identity.userAgent ?? reduced,
    acceptLanguage: languages.join(","),
    platform: system.platform,
    userAgentMetadata: {
      brands: brandList(Number(major), brand, (version) => version.split(".")[0] ?? "", full),
      fullVersionList: brandList(Number(major), brand, (version) => version, full),
      fullVersion: full,
      platform: system.hint,
      platformVersion: identity.platformVersion,
      architecture: isMobile ? "" : identity.architecture,
      model: identity.model,
      mobile: isMobile,
      bitness: isMobile ? "" : "64",
      wow64: false,
      formFactors: [isMobile ? "Mobile" : "Desktop"],
    },
  };
}

/** Chromium's own way to name itself, with a brand that is none: components/embedder_support/user_agent_utils.cc. */
function brandList(major: number, brand: string, cut: (version: string) => string, full: string): Brand[] {
  const places =
    [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ][major % 6] ?? [];
  const marks = [" ", "(", ":", "-", ".", "/", ")", ";", "=", "?", "_"];
  const none = `Not${marks[major % marks.length]}A${marks[(major + 1) % marks.length]}Brand`;
  const noneVersion = ["8", "99", "24"][major % 3] ?? "";
  const list: Brand[] = [];
  const entries = [
    { brand: none, version: cut(`${noneVersion}.0.0.0`) },
    { brand: "Chromium", version: cut(full) },
    { brand, version: cut(full) },
  ];
  for (const [index, entry] of entries.entries()) list[places[index] ?? index] = entry;
  return list;
}

import { describe, expect, it } from "vitest";
import { checkIdentity, type Identity } from "./identity.ts";
import { userAgentOverride } from "./identity-user-agent.ts";

const laptop: Identity = {
  seed: "laptop",
  os: "windows",
  platformVersion: "19.0.0",
  architecture: "x86",
  model: "",
  languages: ["de-DE", "de", "en-US"],
  timeZone: "Europe/Berlin",
  screen: { width: 1920, height: 1080 },
  viewport: { width: 1903, height: 955 },
  deviceScaleFactor: 1,
  isMobile: false,
  hasTouch: false,
  hardwareConcurrency: 8,
  colorScheme: "light",
  geolocation: { latitude: 52.5, longitude: 13.4, accuracy: 50 },
  userAgent: null,
};
const phone: Partial<Identity> = {
  os: "android",
  platformVersion: "15.0.0",
  architecture: "arm",
  model: "Pixel 8",
  isMobile: true,
  hasTouch: true,
  screen: { width: 412, height: 915 },
  viewport: { width: 412, height: 785 },
};
const macAgent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
const windowsAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

function pathsOf(change: Partial<Identity>): string[] {
  const checked = checkIdentity({ ...laptop, ...change });
  return checked.ok ? [] : checked.issues.map(({ path }) => path);
}

describe("an identity", () => {
  it("is taken when nothing contradicts anything", () => {
    expect(pathsOf({})).toEqual([]);
    expect(pathsOf(phone)).toEqual([]);
    expect(pathsOf({ userAgent: windowsAgent })).toEqual([]);
    expect(pathsOf({ userAgent: `${windowsAgent} Edg/150.0.0.0` })).toEqual([]);
  });

  it.each<[string, Partial<Identity>, string]>([
    ["a Mac's user agent on Windows", { userAgent: macAgent }, "userAgent"],
    ["a Mac with a Windows user agent", { os: "macos", platformVersion: "15.5.0", userAgent: windowsAgent }, "userAgent"],
    [
      "another browser's user agent",
      { userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0" },
      "userAgent",
    ],
    ["a user agent without a window", { userAgent: windowsAgent.replace("Chrome", "HeadlessChrome") }, "userAgent"],
    ["a user agent of no system", { userAgent: "curl/8.0" }, "userAgent"],
    ["a phone's user agent on a computer", { userAgent: windowsAgent.replace("Safari", "Mobile Safari") }, "userAgent"],
    ["a viewport that is wider than the screen", { viewport: { width: 2000, height: 900 } }, "viewport.width"],
    ["a mobile device without touch", { ...phone, hasTouch: false }, "hasTouch"],
    ["a computer that is mobile", { isMobile: true, hasTouch: true }, "isMobile"],
    ["a phone that is not mobile", { ...phone, isMobile: false }, "isMobile"],
    ["a phone of another make", { ...phone, architecture: "x86" }, "architecture"],
    ["a computer with a phone's model", { model: "Pixel 8" }, "model"],
    ["a Windows without a version", { platformVersion: "" }, "platformVersion"],
    ["a time zone that is none", { timeZone: "Europe/Atlantis" }, "timeZone"],
    ["an offset for a time zone", { timeZone: "+01:00" }, "timeZone"],
    ["a language that is none", { languages: ["german!"] }, "languages.0"],
    ["a language in another spelling", { languages: ["en-US", "de_DE"] }, "languages.1"],
    ["a language twice", { languages: ["de", "de"] }, "languages.1"],
    ["a place where it is night at noon", { geolocation: { latitude: 35, longitude: 139, accuracy: 10 } }, "geolocation.longitude"],
    ["no processor", { hardwareConcurrency: 0 }, "hardwareConcurrency"],
  ])("is refused for %s, with the place", (_, change, path) => {
    expect(pathsOf(change)).toEqual([path]);
  });

  it("says what is wrong in words", () => {
    const checked = checkIdentity({ ...laptop, userAgent: macAgent });
    expect(checked.ok ? "" : checked.issues[0]?.message).toBe("The user agent says macOS, but the identity is Windows.");
  });
});

describe("the names of the browser", () => {
  it("follow the real browser's version, in Chromium's own order", () => {
    const { userAgent, userAgentMetadata } = userAgentOverride(laptop, "156.0.8078.79");
    expect(userAgent).toContain("Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari");
    // as Chromium 156 and 147 say it themselves
    expect(userAgentMetadata.brands).toEqual([
      { brand: "Not:A-Brand", version: "8" },
      { brand: "Chromium", version: "156" },
      { brand: "Google Chrome", version: "156" },
    ]);
    expect(userAgentOverride(laptop, "147.0.7727.102").userAgentMetadata.fullVersionList).toEqual([
      { brand: "Google Chrome", version: "147.0.7727.102" },
      { brand: "Not.A/Brand", version: "8.0.0.0" },
      { brand: "Chromium", version: "147.0.7727.102" },
    ]);
  });

  it("follow a user agent that was given, whatever the real browser is", () => {
    const { userAgent, userAgentMetadata } = userAgentOverride({ ...laptop, userAgent: `${windowsAgent} Edg/150.0.0.0` }, "156.0.8078.79");
    expect(userAgent).toContain("Chrome/150.0.0.0");
    expect(userAgentMetadata.brands).toContainEqual({ brand: "Microsoft Edge", version: "150" });
    expect(userAgentMetadata.fullVersion).toBe("150.0.0.0");
  });

  it("are a phone's for a phone", () => {
    const override = userAgentOverride({ ...laptop, ...phone }, "156.0.8078.79");
    expect(override.userAgent).toContain("(Linux; Android 10; K)");
    expect(override.userAgent).toContain(" Mobile Safari/");
    expect(override.userAgentMetadata).toMatchObject({ platform: "Android", mobile: true, model: "Pixel 8", formFactors: ["Mobile"] });
  });
});

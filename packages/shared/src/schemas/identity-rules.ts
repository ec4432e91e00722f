/** As much of an identity as the rules look at. */
export type IdentityFacts = {
  os: "windows" | "macos" | "linux" | "android";
  platformVersion: string;
  architecture: "x86" | "arm";
  model: string;
  timeZone: string;
  screen: { width: number; height: number };
  viewport: { width: number; height: number };
  isMobile: boolean;
  hasTouch: boolean;
  geolocation: { longitude: number } | null;
  userAgent: string | null;
};

type Issue = { path: (string | number)[]; message: string };

const osNames = { windows: "Windows", macos: "macOS", linux: "Linux", android: "Android" } as const;
/** By how much clocks differ from the sun's time at most, hours: western China comes to about three. */
const farthestFromSun = 4;

/** What contradicts itself, each with the place that should be changed. */
export function checkedIdentity(identity: IdentityFacts): Issue[] {
  return [...systemIssues(identity), ...shapeIssues(identity), ...placeIssues(identity), ...userAgentIssues(identity)];
}

/** Does the browser know this IANA time zone? */
export function isTimeZone(timeZone: string): boolean {
  // an offset is a zone for Intl, and none that a device has
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}

function systemIssues({ os, architecture, model, platformVersion }: IdentityFacts): Issue[] {
  const issues: Issue[] = [];
  if (os === "android" && architecture !== "arm") issues.push({ path: ["architecture"], message: "An Android device is arm." });
  if (os !== "android" && model !== "") issues.push({ path: ["model"], message: `A computer with ${osNames[os]} has no model.` });
  if ((os === "windows" || os === "macos") && platformVersion === "") {
    issues.push({
      path: ["platformVersion"],
      message: `${osNames[os]} tells its version: give one like ${os === "windows" ? "19.0.0" : "15.5.0"}.`,
    });
  }
  return issues;
}

function shapeIssues({ os, isMobile, hasTouch, screen, viewport }: IdentityFacts): Issue[] {
  const issues: Issue[] = [];
  if (isMobile && !hasTouch) issues.push({ path: ["hasTouch"], message: "A mobile device has a touch screen." });
  if (os === "android" && !isMobile) issues.push({ path: ["isMobile"], message: "An Android device is mobile." });
  if (os !== "android" && isMobile) issues.push({ path: ["isMobile"], message: `A computer with ${osNames[os]} is not mobile.` });
  for (const side of ["width", "height"] as const) {
    if (viewport[side] > screen[side]) {
      issues.push({ path: ["viewport", side], message: `The page (viewport) is larger than the screen: at most ${screen[side]}.` });
    }
  }
  return issues;
}

/** Languages that are none as BCP 47 writes them, or are there twice; each path is the place in the list. */
export function languageIssues(languages: readonly string[]): Issue[] {
  const issues: Issue[] = [];
  for (const [index, language] of languages.entries()) {
    const canonical = canonicalLanguage(language);
    if (canonical !== language) {
      const hint = canonical ? `: write ${canonical}` : "; give one like de-DE or en";
      issues.push({ path: [index], message: `“${language}” is not a language tag${hint}.` });
    } else if (languages.indexOf(language) !== index) {
      issues.push({ path: [index], message: `“${language}” is there twice.` });
    }
  }
  return issues;
}

function placeIssues({ timeZone, geolocation }: IdentityFacts): Issue[] {
  const issues: Issue[] = [];
  if (!isTimeZone(timeZone)) {
    issues.push({ path: ["timeZone"], message: `“${timeZone}” is not a time zone; give one like Europe/Berlin.` });
  } else if (geolocation && hoursFromSun(timeZone, geolocation.longitude) > farthestFromSun) {
    issues.push({ path: ["geolocation", "longitude"], message: `No place at this longitude keeps the time of ${timeZone}.` });
  }
  return issues;
}

function userAgentIssues({ os, isMobile, userAgent }: IdentityFacts): Issue[] {
  if (userAgent === null) return [];
  const issue = (message: string): Issue[] => [{ path: ["userAgent"], message }];
  const said = osOfUserAgent(userAgent);
  if (!said) return issue("The user agent names no system that is known: Windows, Macintosh, Linux or Android.");
  if (said !== os) return issue(`The user agent says ${osNames[said]}, but the identity is ${osNames[os]}.`);
  if (/Firefox\/|FxiOS|CriOS/.test(userAgent) || !/Chrome\/\d+/.test(userAgent)) {
    return issue("The user agent has to be one of Chrome or Edge: pages can tell that no other browser is behind it.");
  }
  if (/Headless/.test(userAgent)) return issue("The user agent says that no window is there: leave out “Headless”.");
  if (/\bMobile\b/.test(userAgent) !== isMobile) {
    return issue(
      isMobile ? "The user agent of a mobile device says “Mobile”." : "The user agent says “Mobile”, but the identity is not mobile.",
    );
  }
  return [];
}

function osOfUserAgent(userAgent: string): IdentityFacts["os"] | undefined {
  if (/Windows NT/.test(userAgent)) return "windows";
  if (/Macintosh/.test(userAgent)) return "macos";
  if (/Android/.test(userAgent)) return "android";
  return /Linux|CrOS/.test(userAgent) ? "linux" : undefined;
}

function canonicalLanguage(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}

function hoursFromSun(timeZone: string, longitude: number): number {
  // January: nobody's clock is farther from the sun then than its zone is
  const january = new Date(Date.UTC(2026, 0, 15, 12));
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(january);
  const offset = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(parts.find(({ type }) => type === "timeZoneName")?.value ?? "");
  const hours = offset?.[1] ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) + Number(offset[3]) / 60) : 0;
  const apart = Math.abs(hours - longitude / 15) % 24;
  return Math.min(apart, 24 - apart);
}

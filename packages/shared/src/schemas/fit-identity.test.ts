import { expect, test } from "vitest";
import { fitIdentity } from "./fit-identity.ts";
import { checkIdentity, type Identity } from "./identity.ts";

const tokyo: Identity = {
  seed: "s",
  os: "windows",
  platformVersion: "19.0.0",
  architecture: "x86",
  model: "",
  languages: ["ja-JP", "ja"],
  timeZone: "Asia/Tokyo",
  screen: { width: 1920, height: 1080 },
  viewport: { width: 1920, height: 940 },
  deviceScaleFactor: 1,
  hardwareConcurrency: 8,
  colorScheme: "light",
  isMobile: false,
  hasTouch: false,
  geolocation: { latitude: 35.68, longitude: 139.69, accuracy: 30 },
  userAgent: null,
};
const exit = { address: "203.0.113.5", country: null, timeZone: null, place: null };

test("an identity is fitted to what an exit tells, and to nothing else", () => {
  expect(checkIdentity(tokyo).ok).toBe(true);
  const berlin = { ...exit, country: "DE", timeZone: "Europe/Berlin", place: { latitude: 52.52, longitude: 13.4 } };
  expect(fitIdentity(tokyo, berlin)).toEqual({
    ...tokyo,
    languages: ["de-DE", "de", "en-US", "en"],
    timeZone: "Europe/Berlin",
    geolocation: { latitude: 52.52, longitude: 13.4, accuracy: 30 },
  });
  expect(fitIdentity({ ...tokyo, geolocation: null }, berlin).geolocation).toMatchObject({ accuracy: 100 });
  expect(fitIdentity(tokyo, exit)).toEqual(tokyo);
});

test("a place of which the exit tells nothing is told no more where nobody keeps the new time; the zone is known of a country with one", () => {
  expect(fitIdentity(tokyo, { ...exit, country: "PL" })).toMatchObject({
    languages: ["pl-PL", "pl", "en-US", "en"],
    timeZone: "Europe/Warsaw",
    geolocation: null,
  });
  expect(fitIdentity(tokyo, { ...exit, country: "US" })).toMatchObject({ languages: ["en-US", "en"], timeZone: "Asia/Tokyo" });
});

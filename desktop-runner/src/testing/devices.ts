import type { Identity } from "@deskhand/shared/schemas/identity";

/** Devices that differ from the tests' computer in everything that a page can ask. */
export const laptop: Identity = {
  seed: "laptop",
  os: "windows",
  platformVersion: "19.0.0",
  architecture: "x86",
  model: "",
  languages: ["de-DE", "de", "en-US"],
  timeZone: "Asia/Tokyo",
  screen: { width: 1920, height: 1080 },
  viewport: { width: 1500, height: 900 },
  deviceScaleFactor: 1.5,
  isMobile: false,
  hasTouch: false,
  hardwareConcurrency: 12,
  colorScheme: "dark",
  geolocation: { latitude: 35.68, longitude: 139.69, accuracy: 20 },
  userAgent: null,
};
export const phone: Identity = {
  ...laptop,
  seed: "phone",
  os: "android",
  platformVersion: "15.0.0",
  architecture: "arm",
  model: "Pixel 8",
  languages: ["fr-FR", "fr"],
  timeZone: "Europe/Paris",
  screen: { width: 412, height: 915 },
  viewport: { width: 412, height: 785 },
  deviceScaleFactor: 2.625,
  isMobile: true,
  hasTouch: true,
  hardwareConcurrency: 8,
  geolocation: null,
};

import { checkIdentity, type Identity } from "./identity.ts";
import type { ProxyExit } from "./proxy.ts";

/** Of a place that is known by an address only, metres. */
const accuracy = 100;

/**
 * The identity as somebody there has it where the exit leads out: its time zone, the languages of its country, and its place. What the exit
 * does not tell stays, but for a place where nobody keeps the new time: pages are told none then.
 */
export function fitIdentity(identity: Identity, { country, timeZone, place }: ProxyExit): Identity {
  const zones = country ? zonesOf(country) : [];
  const own = timeZone ?? (zones.length === 1 ? zones[0] : undefined);
  const fitted: Identity = {
    ...identity,
    ...(own && { timeZone: own }),
    ...(country && { languages: languagesOf(country) }),
    ...(place && { geolocation: { ...place, accuracy: identity.geolocation?.accuracy ?? accuracy } }),
  };
  return checkIdentity(fitted).ok ? fitted : { ...fitted, geolocation: null };
}

/** IANA time zones that are kept in a country (ISO 3166-1 alpha-2), from the Unicode locale data that the engine brings. */
export function zonesOf(country: string): string[] {
  const locale = new Intl.Locale("und", { region: country }) as Intl.Locale & { getTimeZones?(): string[] | undefined };
  return locale.getTimeZones?.() ?? [];
}

/** As a browser there is set up: the language that most people speak, by the Unicode likely subtags, and English behind it. */
function languagesOf(country: string): string[] {
  const { language, region } = new Intl.Locale("und", { region: country }).maximize();
  return language === "en" ? [`en-${region}`, "en"] : [`${language}-${region}`, language, "en-US", "en"];
}

import { zonesOf } from "@deskhand/shared/schemas/fit-identity";
import zoneAt from "@photostructure/tz-lookup";

type Place = { latitude: number; longitude: number };

/** The map of zones is coarse, and people live near borders: this far around a place is looked at too, degrees (some 50 km). */
const around = 0.5;

/**
 * Whether a place is in a country (ISO 3166-1 alpha-2), or close to it, by the time zone that is kept there; undefined when that cannot be
 * said: at sea, or for a country that the locale data has no zones of. Zones, not borders, are what is known here: 70 kB against megabytes.
 */
export function isPlaceIn(country: string, { latitude, longitude }: Place, canonical: (timeZone: string) => string): boolean | undefined {
  const zones = new Set(zonesOf(country).map(canonical));
  const found = [0, -around, around].flatMap((north) =>
    [0, -around, around].map((east) => zoneAt(within(latitude + north, 90), wrapped(longitude + east))),
  );
  if (zones.size === 0 || found[0] === undefined || found[0].startsWith("Etc/")) return undefined;
  return found.some((zone) => zones.has(canonical(zone)));
}

function within(degrees: number, most: number): number {
  return Math.max(-most, Math.min(most, degrees));
}

/** Beyond 180° the map goes on at the other side. */
function wrapped(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

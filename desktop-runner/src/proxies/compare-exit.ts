import { zonesOf } from "@deskhand/shared/schemas/fit-identity";
import type { ProxyExit } from "@deskhand/shared/schemas/proxy";
import { isPlaceIn } from "./country-at.ts";

type Place = { latitude: number; longitude: number };
type Device = { timeZone: string; geolocation?: Place | null };

/** Services err by less than this about where an address is, kilometres. */
const farthestKm = 1_000;

/** In what an exit does not fit a device with this time and place; undefined when it does, as far as it is known. */
export function mismatchOf(exit: ProxyExit, identity: Device, now = new Date()): string | undefined {
  const { country, timeZone, place } = exit;
  const own = canonical(identity.timeZone);
  if (timeZone && canonical(timeZone) !== own && offsetOf(timeZone, now) !== offsetOf(own, now)) {
    return `its clock is ${timeZone}, the identity's ${identity.timeZone}`;
  }
  const zones = country ? zonesOf(country).map(canonical) : [];
  if (country && zones.length > 0 && !zones.includes(own)) {
    return `it is in ${countryName(country)}, where nobody keeps the time of ${identity.timeZone}`;
  }
  const told = identity.geolocation;
  // where the service knows no place, its country says as much as it can
  if (country && told && !place && isPlaceIn(country, told, canonical) === false) {
    return `it is in ${countryName(country)}, and the identity's place is not`;
  }
  const apart = place && told ? kilometresBetween(place, told) : 0;
  if (apart <= farthestKm) return undefined;
  return `it is ${country ? `in ${countryName(country)}, ` : ""}${Math.round(apart)} km from the identity's place`;
}

/** On a sphere, by the haversine formula. */
function kilometresBetween(a: Place, b: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const cosines = Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude));
  return 2 * 6_371 * Math.asin(Math.sqrt(half(a.latitude, b.latitude) + cosines * half(a.longitude, b.longitude)));
}

export function countryName(country: string): string {
  return new Intl.DisplayNames("en", { type: "region", fallback: "code" }).of(country) ?? country;
}

/** One name for zones with several. */
function canonical(timeZone: string): string {
  return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
}

function offsetOf(timeZone: string, at: Date): string | undefined {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value;
}

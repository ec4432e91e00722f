import type { ProxyExit } from "@deskhand/shared/schemas/proxy";

/** In what an exit does not fit a device that keeps this time; undefined when it does, as far as it is known. */
export function mismatchOf(exit: ProxyExit, identity: { timeZone: string }, now = new Date()): string | undefined {
  const { country, timeZone } = exit;
  const own = canonical(identity.timeZone);
  if (timeZone && canonical(timeZone) !== own && offsetOf(timeZone, now) !== offsetOf(own, now)) {
    return `its clock is ${timeZone}, the identity's ${identity.timeZone}`;
  }
  if (!country) return undefined;
  const zones = zonesOf(country);
  return zones.length === 0 || zones.includes(own)
    ? undefined
    : `it is in ${countryName(country)}, where nobody keeps the time of ${identity.timeZone}`;
}

export function countryName(country: string): string {
  return new Intl.DisplayNames("en", { type: "region", fallback: "code" }).of(country) ?? country;
}

function zonesOf(country: string): string[] {
  // from the Unicode locale data that Node brings
  const locale = new Intl.Locale("und", { region: country }) as Intl.Locale & { getTimeZones?(): string[] | undefined };
  return (locale.getTimeZones?.() ?? []).map(canonical);
}

/** One name for zones with several. */
function canonical(timeZone: string): string {
  return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
}

function offsetOf(timeZone: string, at: Date): string | undefined {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value;
}

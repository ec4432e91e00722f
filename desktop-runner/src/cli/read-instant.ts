import { instantsShowing } from "@deskhand/shared/schedule/wall-time";
import { usageError } from "./failure.ts";

const example = "For example: --at 2026-12-24T18:00 --time-zone Europe/Berlin, or --at 2026-12-24T18:00:00Z";
const form = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * The instant of a day and a time, in ISO 8601. One without an offset is what the clocks of the zone show then; this computer's when none
 * is named. @throws CliError for what cannot be read, and when those clocks jump over it or pass it twice
 */
export function readInstant(text: string, zone: string | undefined): string {
  const [, day, minute, second = "00", offset] = form.exec(text) ?? [];
  const local = `${day}T${minute}:${second}`;
  const shown = Date.parse(`${local}Z`);
  // a 30th of February would be read as one in March
  if (Number.isNaN(shown) || new Date(shown).toISOString().slice(0, 19) !== local)
    throw usageError(`"${text}" is not a day and a time.`, example);
  if (offset !== undefined) {
    if (zone !== undefined) throw usageError("A time with an offset belongs to no time zone.", "Leave out --time-zone, or the offset.");
    return new Date(shown - offsetMs(offset)).toISOString();
  }
  const timeZone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [instant, later] = instantsIn(timeZone, shown);
  if (instant === undefined)
    throw usageError(`The clocks in ${timeZone} jump over ${local}.`, "Give a time before or after the change to daylight saving.");
  if (later !== undefined) {
    const both = [instant, later].map((one) => `${local}${offsetText(shown - one)}`);
    throw usageError(`The clocks in ${timeZone} pass ${local} twice.`, `Say which is meant, without --time-zone: ${both.join(" or ")}`);
  }
  return new Date(instant).toISOString();
}

function instantsIn(timeZone: string, shown: number): number[] {
  try {
    return instantsShowing(shown, timeZone);
  } catch {
    throw usageError(`"${timeZone}" is no time zone.`, "Use a name like Europe/Berlin.");
  }
}

function offsetMs(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(text) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === "-" ? -size : size;
}

function offsetText(ms: number): string {
  const minutes = Math.abs(ms) / 60_000;
  const two = (count: number) => String(count).padStart(2, "0");
  return `${ms < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

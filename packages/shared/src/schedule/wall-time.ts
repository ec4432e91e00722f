const hourMs = 60 * 60_000;

/**
 * The instants at which a clock on the wall of an IANA time zone shows this: one; none, when the clocks jump over it; two, when they pass
 * it twice. `shown` is what it shows, in milliseconds as if it was UTC. The earlier comes first. @throws RangeError for an unknown zone
 */
export function instantsShowing(shown: number, timeZone: string): number[] {
  const offsetAt = offsetsOf(timeZone);
  // no clock is further from UTC, and none changes twice in that time
  const known = new Set([shown - 15 * hourMs, shown, shown + 15 * hourMs].map(offsetAt));
  return [...known]
    .map((offset) => shown - offset)
    .filter((instant) => offsetAt(instant) === shown - instant)
    .sort((a, b) => a - b);
}

/** By how much a zone's clocks are ahead of UTC at an instant, both in milliseconds. */
export function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours = 0, minutes = 0, seconds = 0] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
    const size = Number(hours) * hourMs + Number(minutes) * 60_000 + Number(seconds) * 1000;
    return sign === "-" ? -size : size;
  };
}

import { createHash } from "node:crypto";
import type { Times } from "@deskhand/shared/schedule/times";

/** The same times, each later by a part of `seconds` that is its own and the same at every look. */
export function jittered(times: Times, seconds: number, seed: string): Times {
  if (seconds === 0) return times;
  const most = seconds * 1000;
  const later = (at: number) => at + (createHash("sha256").update(`${seed} ${at}`).digest().readUInt32BE(0) % (most + 1));
  return {
    after(instant) {
      let found: number | undefined;
      // one that was due before may come after one that was due later
      for (let at = times.after(instant - most - 1); at !== undefined && (found === undefined || at < found); at = times.after(at)) {
        const moved = later(at);
        if (moved > instant && (found === undefined || moved < found)) found = moved;
      }
      return found;
    },
    before(instant) {
      let found: number | undefined;
      for (let at = times.before(instant); at !== undefined && (found === undefined || at + most > found); at = times.before(at)) {
        const moved = later(at);
        if (moved < instant && (found === undefined || moved > found)) found = moved;
        if (at < instant - most - 1 && found === undefined) break;
      }
      return found;
    },
  };
}

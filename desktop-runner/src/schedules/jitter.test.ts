import { nextTimes, readTimes } from "@deskhand/shared/schedule/times";
import fc from "fast-check";
import { expect, test } from "vitest";
import { jittered } from "./jitter.ts";

test("each time is later by a part of its own, in order, the same at every look and from either side", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 3600 }), fc.string(), (minutes, seconds, seed) => {
      const read = readTimes({ kind: "every", minutes }, 0);
      if (!read.ok) throw new Error(read.message);
      const times = jittered(read.times, seconds, seed);
      const found = nextTimes(times, 0, 40);
      expect(found).toEqual([...found].sort((a, b) => a - b));
      for (const [index, at] of found.entries()) {
        expect(times.after(at - 1)).toBe(at);
        expect(times.before(at + 1)).toBe(at);
        if (index > 0) expect(times.before(at)).toBe(found[index - 1]);
      }
    }),
    { numRuns: 100 },
  );
});

import type { Context } from "@/server/context";
import { difference, inSequence, type Sample } from "./rules.ts";

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;

/**
 * Keeps what one process counts: a row for each minute, and one for each quarter of an hour that grows by its minutes, so that nothing has
 * to be summed up later. Each process writes rows of its own; readers add them up.
 * @returns takes one sample of the minute that has just ended; call it once a minute
 */
export function createSampler(ctx: Context, { processId, read }: { processId: string; read: () => Promise<Sample> }) {
  let before: Sample | undefined;
  let quarter: { at: number; minutes: Sample[] } = { at: 0, minutes: [] };
  return async function takeSample(): Promise<void> {
    const reading = await read();
    const minute = difference(reading, before);
    const at = Math.floor(ctx.clock.now().getTime() / minuteMs) * minuteMs - minuteMs;
    const quarterAt = Math.floor(at / quarterMs) * quarterMs;
    const minutes = [...(quarterAt === quarter.at ? quarter.minutes : []), minute];
    await ctx.db.$transaction([
      keep(ctx, 60, at, processId, minute),
      keep(ctx, 900, quarterAt, processId, inSequence(minutes as [Sample])),
    ]);
    // only now: what could not be written is part of the next
    before = reading;
    quarter = { at: quarterAt, minutes };
  };
}

function keep(ctx: Context, seconds: number, atMs: number, processId: string, data: Sample) {
  const key = { seconds, at: new Date(atMs), processId };
  return ctx.db.processSample.upsert({ where: { seconds_at_processId: key }, create: { ...key, data }, update: { data } });
}

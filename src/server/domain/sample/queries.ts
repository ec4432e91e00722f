import type { RelayFigures, RelaySpan } from "@deskhand/shared/schemas/relay-figures";
import type { Context } from "@/server/context";
import { requireOperator } from "@/server/domain/account/policy";
import { readQueue } from "./queue-state.ts";
import { chartPoints, sample, spans } from "./rules.ts";

const minuteMs = 60_000;

/** The installation's figures for its operators. @throws AppError NOT_FOUND to everybody else */
export async function getRelayFigures(
  ctx: Context,
  input: { span: RelaySpan },
  { emailReady }: { emailReady: boolean },
): Promise<RelayFigures> {
  await requireOperator(ctx);
  const { rowSeconds, stepSeconds, points } = spans[input.span];
  const now = ctx.clock.now();
  // one step more than is shown: the one that has begun is left out
  const since = new Date(now.getTime() - (points + 1) * stepSeconds * 1000);
  const [rows, recent, queue] = await Promise.all([
    ctx.db.processSample.findMany({ where: { seconds: rowSeconds, at: { gte: since } }, select: { at: true, data: true } }),
    ctx.db.processSample.findMany({
      where: { seconds: 60, at: { gte: new Date(now.getTime() - 3 * minuteMs) } },
      distinct: ["processId"],
      select: { processId: true },
    }),
    readQueue(ctx),
  ]);
  // a row of another version's is left out rather than spoiling the page
  const read = rows.flatMap(({ at, data }) => {
    const parsed = sample.safeParse(data);
    return parsed.success ? [{ at, sample: parsed.data }] : [];
  });
  return {
    span: input.span,
    stepSeconds,
    points: chartPoints(input.span, read, now),
    now: { ...queue, processes: recent.length, emailReady },
  };
}

/** Was some server process there all of this time? For the system; nobody is authorized. */
export async function wasListening(ctx: Context, forMs: number): Promise<boolean> {
  const minutes = await ctx.db.processSample.findMany({
    where: { seconds: 60, at: { gte: new Date(ctx.clock.now().getTime() - forMs - minuteMs) } },
    distinct: ["at"],
    select: { at: true },
  });
  // a sample that came a moment late may leave out one minute
  return minutes.length >= Math.floor(forMs / minuteMs) - 1;
}

import type { RunInsights, runInsightsInput } from "@deskhand/shared/schemas/run-insights";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";

type Row = {
  day: string;
  /** Null for the day of all workflows together. */
  workflowId: string | null;
  workflowName: string | null;
  succeeded: number;
  failed: number;
  other: number;
  p50: number | null;
  p95: number | null;
};

const dayMs = 24 * 60 * 60_000;

/** How the project's runs ended and how long they took, by day and workflow, in the asker's time zone. */
export async function readRunInsights(ctx: Context, input: z.output<typeof runInsightsInput>): Promise<RunInsights> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const { days, timeZone, workflowId = null } = input;
  const now = ctx.clock.now();
  const to = dayIn(timeZone, now);
  const from = new Date(Date.parse(to) - (days - 1) * dayMs).toISOString().slice(0, 10);
  // SQL, because Prisma knows neither percentiles nor grouping sets: one pass over an index for both the map and the lines
  const rows = await ctx.db.$queryRaw<Row[]>`
    select to_char(r."createdAt" at time zone ${timeZone}, 'YYYY-MM-DD') as "day",
      w."id" as "workflowId",
      w."name" as "workflowName",
      count(*) filter (where r."state" = 'succeeded')::int as "succeeded",
      count(*) filter (where r."state" = 'failed')::int as "failed",
      count(*) filter (where r."state" in ('cancelled', 'expired'))::int as "other",
      percentile_cont(0.5) within group (order by extract(epoch from r."finishedAt" - r."startedAt") * 1000)
        filter (where r."state" = 'succeeded')::float8 as "p50",
      percentile_cont(0.95) within group (order by extract(epoch from r."finishedAt" - r."startedAt") * 1000)
        filter (where r."state" = 'succeeded')::float8 as "p95"
    from "Run" r
    join "WorkflowVersion" v on v."id" = r."workflowVersionId"
    join "Workflow" w on w."id" = v."workflowId"
    where r."projectId" = ${projectId}::uuid
      and r."createdAt" >= (${from}::date::timestamp at time zone ${timeZone})
      and r."state" in ('succeeded', 'failed', 'cancelled', 'expired')
      and (${workflowId}::uuid is null or w."id" = ${workflowId}::uuid)
    group by grouping sets ((1, w."id", w."name"), (1))
    order by 1, 3`;
  const cells: RunInsights["cells"] = [];
  const byDay: RunInsights["days"] = [];
  for (const { workflowId: id, workflowName, p50, p95, ...counts } of rows) {
    if (id !== null && workflowName !== null) cells.push({ ...counts, workflowId: id, workflowName });
    else byDay.push({ ...counts, p50, p95 });
  }
  return { from, to, cells, days: byDay };
}

/** YYYY-MM-DD there, at that moment. */
function dayIn(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

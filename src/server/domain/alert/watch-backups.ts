import { backupView } from "@deskhand/shared/schemas/backup";
import type { Context } from "@/server/context";
import { isOverdue } from "@/server/domain/backup/rules";
import { raiseAlert } from "./raise-alert.ts";

/**
 * Raises an alert for each runner whose backups have begun to fail, and one when the last good one is older than it should be, also with
 * the runner away. One for each row of failures: its cause names the last success. @returns how many alerts
 */
export async function watchBackups(ctx: Context, { publicUrl }: { publicUrl: string }): Promise<number> {
  const runners = await ctx.db.$queryRaw<{ id: string; name: string; projectId: string; projectName: string; backup: unknown }[]>`
    select r.id, r.name, r."projectId", p.name as "projectName", r.backup from "Runner" r join "Project" p on p.id = r."projectId"
    where r.status = 'accepted' and r.backup is not null and jsonb_typeof(r.backup) = 'object'
      and ((r.backup ->> 'failures')::int > 0 or (r.backup ->> 'overdueAt')::timestamptz <= ${ctx.clock.now()}::timestamptz)`;
  let raised = 0;
  for (const { id, name, projectId, projectName, backup } of runners) {
    const told = backupView.shape.backup.safeParse(backup).data;
    if (!told) continue;
    const { succeededAt, failures, failureCode, overdueAt } = told;
    const about = { project: { id: projectId, name: projectName }, runner: { id, name }, succeededAt };
    const url = `${publicUrl}/dashboard/runners/${id}`;
    if (failures > 0) {
      const data = { ...about, code: failureCode ?? "INTERNAL", failures, url };
      const cause = `backup.failed:${id}:${succeededAt ?? "never"}`;
      const alert = { projectId, cause, content: { type: "backup.failed" as const, data } };
      if (await ctx.db.$transaction((tx) => raiseAlert(tx, ctx, alert))) raised += 1;
    }
    if (overdueAt !== null && isOverdue(told, ctx.clock.now())) {
      const data = { ...about, overdueSince: overdueAt, url };
      const cause = `backup.overdue:${id}:${succeededAt ?? "never"}`;
      const alert = { projectId, cause, content: { type: "backup.overdue" as const, data } };
      if (await ctx.db.$transaction((tx) => raiseAlert(tx, ctx, alert))) raised += 1;
    }
  }
  return raised;
}

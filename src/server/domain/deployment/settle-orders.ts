import type { Query } from "@/server/db";
import { noteAlways } from "@/server/domain/alert/note-events";
import { notifySql, signalTexts } from "@/server/signals";

type EndedOrder = {
  kind: "schedule.install" | "schedule.pause" | "schedule.remove";
  state: "succeeded" | "failed" | "cancelled" | "expired";
  failureCode: string | null;
  projectId: string;
  deploymentId: string;
  paused: boolean | null;
};

/** Is it a command about a schedule, whose end {@link settleOrders} has to be told? */
export function isScheduleOrder(kind: string): boolean {
  return kind === "schedule.install" || kind === "schedule.pause" || kind === "schedule.remove";
}

/**
 * Has schedules be what their runner made of them, in the transaction that ended these commands, however they ended: one that the runner
 * carried out is as it was asked to be, and one that it did not stays as it was, with the code. In the order in which they ended.
 */
export async function settleOrders(query: Query, commandIds: readonly string[], at: Date): Promise<void> {
  for (const id of commandIds) {
    const [order] = await query<EndedOrder>(
      `select kind, state::text, "failureCode", "projectId", payload->>'deploymentId' as "deploymentId", (payload->>'paused')::boolean as paused
       from "Command" where id = $1::uuid`,
      id,
    );
    if (!order) continue;
    const isNews = await (order.kind === "schedule.install" ? settleInstall(query, order, at) : settleChange(query, id, order, at));
    const { projectId, deploymentId, state } = order;
    // whoever cancelled it knows
    if (isNews && (state === "failed" || state === "expired"))
      await noteAlways(query, { projectId, type: "schedule.refused", ids: [id], at });
    await query(`select ${notifySql("$1")} as told`, signalTexts([{ kind: "change", projectId, topic: "deployment", id: deploymentId }]));
  }
}

/** @returns whether it matters how the order ended */
async function settleInstall(query: Query, { deploymentId, state, failureCode }: EndedOrder, at: Date): Promise<boolean> {
  const isDone = state === "succeeded";
  await query(
    `update "Deployment" set "scheduleInstalledAt" = $2::timestamptz, "scheduleFailureCode" = $3 where id = $1::uuid`,
    deploymentId,
    isDone ? at : null,
    isDone ? null : (failureCode ?? "INTERNAL"),
  );
  return true;
}

/** @returns whether it matters how the order ended: not once something else was asked */
async function settleChange(
  query: Query,
  id: string,
  { kind, paused, deploymentId, state, failureCode }: EndedOrder,
  at: Date,
): Promise<boolean> {
  if (state !== "succeeded") {
    // one that somebody asked after it may still be on its way
    const last = await query(
      `update "Deployment" set "scheduleOrderFailure" = $3 where id = $1::uuid and "scheduleOrderId" = $2::uuid returning id`,
      deploymentId,
      id,
      failureCode ?? "INTERNAL",
    );
    return last.length > 0;
  }
  await query(
    `update "Deployment" set "scheduleRemovedAt" = case when $2::boolean then coalesce("scheduleRemovedAt", $4::timestamptz) else "scheduleRemovedAt" end,
      "schedulePausedAt" = case $3::boolean when true then coalesce("schedulePausedAt", $4::timestamptz) when false then null else "schedulePausedAt" end
     where id = $1::uuid`,
    deploymentId,
    kind === "schedule.remove",
    kind === "schedule.pause" ? paused : null,
    at,
  );
  await query(
    `update "Deployment" set "scheduleOrder" = null, "scheduleOrderId" = null, "scheduleOrderedAt" = null, "scheduleOrderFailure" = null
     where id = $1::uuid and "scheduleOrderId" = $2::uuid`,
    deploymentId,
    id,
  );
  return true;
}

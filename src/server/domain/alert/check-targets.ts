import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";

/** A rule names only people and webhooks of its own project. @throws AppError NOT_FOUND (`details.what`: member or webhook) */
export async function checkTargets(tx: Tx, projectId: string, targets: { memberIds: string[]; webhookIds: string[] }): Promise<void> {
  const members = await tx.member.count({ where: { projectId, userId: { in: targets.memberIds } } });
  if (members < targets.memberIds.length) throw new AppError("NOT_FOUND", { details: { what: "member" } });
  const webhooks = await tx.webhook.count({ where: { projectId, id: { in: targets.webhookIds } } });
  if (webhooks < targets.webhookIds.length) throw new AppError("NOT_FOUND", { details: { what: "webhook" } });
}

/** Each id once. */
export function uniqueTargets(input: { memberIds: string[]; webhookIds: string[] }): { memberIds: string[]; webhookIds: string[] } {
  return { memberIds: [...new Set(input.memberIds)], webhookIds: [...new Set(input.webhookIds)] };
}

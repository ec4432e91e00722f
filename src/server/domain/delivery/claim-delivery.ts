import type { AlertType } from "@deskhand/shared/schemas/alert";
import type { Context } from "@/server/context";
import { ATTEMPT_LOST_MS } from "./rules.ts";

/** A delivery that this process attempts now. */
export type Claimed = {
  id: string;
  projectId: string;
  alertId: string;
  webhookId: string | null;
  userId: string | null;
  tries: number;
  attempts: number;
  type: AlertType;
  data: unknown;
  alertAt: Date;
};

/**
 * Takes the delivery that has been due for longest, for one attempt. Until the attempt is recorded or counts as lost nobody else takes it.
 * @param busyWebhookIds those to which no more attempts may be under way
 */
export async function claimDelivery(ctx: Context, busyWebhookIds: string[]): Promise<Claimed | undefined> {
  const now = ctx.clock.now();
  // Prisma has no "skip locked"
  const [claimed] = await ctx.db.$queryRaw<Claimed[]>`
    with taken as (
      select id from "Delivery"
      where state = 'pending' and "dueAt" <= ${now} and ("webhookId" is null or "webhookId" <> all(${busyWebhookIds}::uuid[]))
      order by "dueAt" limit 1 for update skip locked
    )
    update "Delivery" d set "dueAt" = ${new Date(now.getTime() + ATTEMPT_LOST_MS)}, tries = d.tries + 1, attempts = d.attempts + 1
    from taken, "Alert" a
    where d.id = taken.id and a.id = d."alertId"
    returning d.id, d."projectId", d."alertId", d."webhookId", d."userId", d.tries, d.attempts, a.type, a.data, a."createdAt" as "alertAt"`;
  return claimed;
}

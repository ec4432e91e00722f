import type { Context } from "@/server/context";
import { nextDueAt } from "@/server/domain/delivery/next-due-at";
import { sendDueDeliveries } from "@/server/domain/delivery/send-due-deliveries";
import type { JobMeans } from "./means.ts";

/** Sends what is due. @returns when something will be due next, for a try that is sooner than the next minute */
export async function sendDeliveries(ctx: Context, means: JobMeans): Promise<Date | undefined> {
  await sendDueDeliveries(ctx, means);
  return nextDueAt(ctx);
}

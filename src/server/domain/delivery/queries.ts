import type { Page } from "@deskhand/shared/schemas/common";
import type { DeliveryDetail, DeliveryView, listDeliveriesInput } from "@deskhand/shared/schemas/delivery";
import type { Permission } from "@deskhand/shared/schemas/project";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { authorize, mayAlso } from "@/server/domain/project/policy";
import { findWebhook } from "@/server/domain/webhook/queries";
import { AppError } from "@/server/errors";
import type { Delivery } from "@/server/generated/prisma/client";
import { viewDelivery, viewDeliveryDetail } from "./view.ts";

/** A page of what was sent to a webhook, newest first. */
export async function listDeliveries(ctx: Context, input: z.output<typeof listDeliveriesInput>): Promise<Page<DeliveryView>> {
  const { id: webhookId } = await findWebhook(ctx, input.id, "project.read");
  const rows = await ctx.db.delivery.findMany({
    where: { webhookId, ...(input.state ? { state: input.state } : {}), ...afterCursor(input.cursor) },
    include: { alert: { select: { type: true } } },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  return pageFrom(rows, input.limit, viewDelivery);
}

/** A delivery that the actor may use in this way. @throws AppError NOT_FOUND */
export async function findDelivery(ctx: Context, id: string, permission: Permission): Promise<Delivery & { manages: boolean }> {
  const delivery = await ctx.db.delivery.findUnique({ where: { id } });
  if (!delivery) throw new AppError("NOT_FOUND");
  const { role } = await authorize(ctx, delivery.projectId, permission);
  return { ...delivery, manages: mayAlso(ctx, role, "alert.manage") };
}

/** A delivery with the text that is sent and each attempt, the last one first. */
export async function getDelivery(ctx: Context, input: { id: string }): Promise<DeliveryDetail> {
  const { id, manages } = await findDelivery(ctx, input.id, "project.read");
  return showDelivery(ctx, id, { answers: manages });
}

/** As {@link getDelivery}; the caller has authorized it. @throws AppError NOT_FOUND when it was deleted meanwhile */
export async function showDelivery(ctx: Context, id: string, { answers }: { answers: boolean }): Promise<DeliveryDetail> {
  const whole = await ctx.db.delivery.findUnique({
    where: { id },
    include: { alert: true, log: { orderBy: { number: "desc" }, take: 50 } },
  });
  if (!whole) throw new AppError("NOT_FOUND");
  return viewDeliveryDetail(whole, { answers });
}

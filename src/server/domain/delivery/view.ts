import { type DeliveryDetail, type DeliveryView, deliveryProblem } from "@deskhand/shared/schemas/delivery";
import type { Alert, Delivery, DeliveryAttempt } from "@/server/generated/prisma/client";
import { messageOf } from "./sign.ts";

/** A word that an older or newer server wrote may not be one of this one's. */
export function readProblem(word: string | null) {
  return deliveryProblem.nullable().catch("refused").parse(word);
}

export function viewDelivery(delivery: Delivery & { alert: Pick<Alert, "type"> }): DeliveryView {
  return {
    id: delivery.id,
    alertId: delivery.alertId,
    type: delivery.alert.type,
    state: delivery.state,
    problem: readProblem(delivery.problem),
    attempts: delivery.attempts,
    createdAt: delivery.createdAt.toISOString(),
    dueAt: delivery.state === "pending" ? (delivery.dueAt?.toISOString() ?? null) : null,
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
  };
}

type Whole = Delivery & { alert: Alert; log: DeliveryAttempt[] };

/** @param answers show what the receiver answered */
export function viewDeliveryDetail(delivery: Whole, { answers }: { answers: boolean }): DeliveryDetail {
  const { alert, alertId } = delivery;
  const message = messageOf({ alertId, type: alert.type as never, data: alert.data, alertAt: alert.createdAt });
  return {
    ...viewDelivery(delivery),
    messageId: message.id,
    body: message.body,
    log: delivery.log.map(({ number, at, durationMs, status, problem, answer }) => ({
      number,
      at: at.toISOString(),
      durationMs,
      status,
      problem: readProblem(problem),
      answer: answers ? answer : null,
    })),
  };
}

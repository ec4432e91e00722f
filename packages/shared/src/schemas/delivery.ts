import * as z from "zod";
import { id, instant, pageInput, pageOf } from "./common.ts";

/** pending: it is tried, or tried again later · delivered: taken with a 2xx · failed: given up. */
export const deliveryState = z.enum(["pending", "delivered", "failed"]);
export type DeliveryState = z.infer<typeof deliveryState>;

/**
 * Why an attempt did not arrive. status: an answer other than 2xx · redirected: 3xx, which is not followed · timeout: no whole answer in
 * time · refused: nobody listens or the connection broke · unresolved: no such host · tls: its certificate cannot be trusted ·
 * address: a private address, or plain http to a public one · secret: the signing secret cannot be read any more · disabled: the
 * webhook was disabled before it came to it · mail-not-set-up, mail-refused, mail-failed, mail-too-many: of e-mails.
 */
export const deliveryProblem = z.enum([
  "status",
  "redirected",
  "timeout",
  "refused",
  "unresolved",
  "tls",
  "address",
  "secret",
  "disabled",
  "mail-not-set-up",
  "mail-refused",
  "mail-failed",
  "mail-too-many",
]);
export type DeliveryProblem = z.infer<typeof deliveryProblem>;

const channel = z.enum(["webhook", "email"]);
const problem = deliveryProblem.nullable();

/** Parts that views share. */
export const delivery = { channel, problem };

export const deliveryAttemptView = z.object({
  number: z.number().int(),
  at: instant,
  durationMs: z.number().int(),
  status: z.number().int().nullable(),
  problem,
  /** The beginning of the answer, at most 256 characters; null for members who may not manage alerts. */
  answer: z.string().nullable(),
});

export const deliveryView = z.object({
  id,
  alertId: id,
  type: z.string(),
  state: deliveryState,
  problem,
  attempts: z.number().int(),
  createdAt: instant,
  /** When the next attempt is due. */
  dueAt: instant.nullable(),
  deliveredAt: instant.nullable(),
});
export type DeliveryView = z.infer<typeof deliveryView>;
export const deliveryPage = pageOf(deliveryView);

export const deliveryDetail = deliveryView.extend({
  /** The `webhook-id` header. */
  messageId: z.string(),
  /** The body, as it is sent. */
  body: z.string(),
  log: z.array(deliveryAttemptView),
});
export type DeliveryDetail = z.infer<typeof deliveryDetail>;

export const listDeliveriesInput = z.object({ id, state: deliveryState.optional() }).extend(pageInput.shape);

import { Webhook } from "standardwebhooks";
import type { Claimed } from "./claim-delivery.ts";

/** What is sent for an alert: the id that stays the same for each attempt and each webhook, and the body's very text. */
export function messageOf({ alertId, type, data, alertAt }: Pick<Claimed, "alertId" | "type" | "data" | "alertAt">): {
  id: string;
  body: string;
} {
  return { id: `msg_${alertId}`, body: JSON.stringify({ type, timestamp: alertAt.toISOString(), data }) };
}

type Sign = {
  id: string;
  body: string;
  /** Each makes a signature: while a secret is being replaced there are two. */
  secrets: string[];
  now: Date;
};

/** The headers of the Standard Webhooks specification. The time is that of the attempt, so that a receiver can refuse what is old. */
export function signedHeaders({ id, body, secrets, now }: Sign): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "Deskhand-Webhooks/1",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(" "),
  };
}

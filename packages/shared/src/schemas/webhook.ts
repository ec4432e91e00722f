import * as z from "zod";
import { id, inProject, instant, name } from "./common.ts";

/** http(s), no user name in it, at most 2,000 characters. Where it may lead is decided when it is called. */
export const webhookUrl = z
  .string()
  .trim()
  .max(2000, "At most 2,000 characters.")
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  }, "An address like https://example.com/hooks, without a user name.");

export const createWebhookInput = inProject.extend({ name, url: webhookUrl });
export const changeWebhookInput = z.object({
  id,
  name: name.optional(),
  url: webhookUrl.optional(),
  /** False stops it; true starts it again. */
  enabled: z.boolean().optional(),
});

export const webhookView = z.object({
  id,
  name: z.string(),
  /** Whole for who may manage alerts; its path may hold a secret, so that other members see the host only. */
  url: z.string(),
  createdAt: instant,
  /** The secret before the current one signs as well until then. */
  previousSecretUntil: instant.nullable(),
  failingSince: instant.nullable(),
  disabledAt: instant.nullable(),
  /** person: somebody did · failing: for days no delivery arrived · gone: it answered 410 */
  disabledReason: z.enum(["person", "failing", "gone"]).nullable(),
  /** Of the deliveries that are kept (30 days). */
  counts: z.object({ pending: z.number().int(), delivered: z.number().int(), failed: z.number().int() }),
});
export type WebhookView = z.infer<typeof webhookView>;
export const webhookList = z.object({ items: z.array(webhookView) });

/** The only answers that ever hold the secret. */
export const webhookWithSecret = webhookView.extend({ secret: z.string() });

export const replayFailedInput = z.object({ id, since: instant });
export const replayed = z.object({ count: z.number().int() });

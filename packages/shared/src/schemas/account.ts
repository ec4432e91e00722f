import * as z from "zod";
import { id, instant, name } from "./common.ts";

export const email = z.email("This is not an e-mail address.").max(254).toLowerCase();

/** 10 to 200 characters; length is what counts (NIST SP 800-63B). */
export const password = z.string().min(10, "At least 10 characters.").max(200, "At most 200 characters.");

export const signUpInput = z.object({ name, email, password });

export const accountView = z.object({ id, email: z.string(), name: z.string(), isOperator: z.boolean(), createdAt: instant });
export type AccountView = z.infer<typeof accountView>;

export const sessionView = z.object({
  id,
  userAgent: z.string().nullable(),
  createdAt: instant,
  lastSeenAt: instant,
  current: z.boolean(),
});
export type SessionView = z.infer<typeof sessionView>;

export const sessionList = z.object({ items: z.array(sessionView) });

import * as z from "zod";
import { id, inProject, instant } from "./common.ts";
import { signedManifest } from "./manifest.ts";

/** How long somebody who is asked for a profile has to answer, in milliseconds. */
export const REQUEST_LASTS_MS = 2 * 60_000;

const words = z.string().trim().max(500, "At most 500 characters.");

export const requestState = z.enum(["waiting", "granted", "refused", "expired", "withdrawn", "taken"]);

/** Asks whoever uses the profile to hand it over. */
export const askForProfileInput = z.object({ profileId: id, message: words.default("") });
/** `signedManifest`: an `order` over the `profile.close` that a window, session or connection is ended by; a run needs none. */
export const answerRequestInput = z.object({
  id,
  answer: z.enum(["granted", "refused"]),
  signedManifest: signedManifest.optional(),
});
export const withdrawRequestInput = z.object({ profileId: id });
/** Takes it without asking; the reason is kept. Signed as handing it over is. */
export const takeProfileInput = z.object({
  profileId: id,
  reason: words.min(3, "Say why: it is kept."),
  signedManifest: signedManifest.optional(),
});
export const listRequestsInput = inProject.extend({ profileId: id.optional() });

export const profileRequestView = z.object({
  id,
  profileId: id,
  profileName: z.string(),
  runnerId: id,
  state: requestState,
  holderKind: z.string(),
  holderId: id,
  /** Whose run or session it is; null when nobody is known. */
  holderName: z.string().nullable(),
  requestedBy: z.string(),
  isMine: z.boolean(),
  /** May the caller answer it? */
  mayAnswer: z.boolean(),
  message: z.string(),
  createdAt: instant,
  expiresAt: instant,
  answeredAt: instant.nullable(),
});
export type ProfileRequestView = z.infer<typeof profileRequestView>;
/** Those that wait and, of one profile, also the last that are over; newest first. */
export const profileRequestList = z.object({ items: z.array(profileRequestView) });

import * as z from "zod";
import { id } from "./common.ts";
import { signedManifest } from "./manifest.ts";
import { profileEngine } from "./profile-settings.ts";

/** What a runner can be asked to do with one of its profiles, besides running a workflow. */
export const profileOrder = z.discriminatedUnion("kind", [
  /** Holds it open: in a window on the runner's computer, or without one. */
  z.object({ kind: z.literal("open"), window: z.boolean().default(true), url: z.url({ protocol: /^https?$/ }).optional() }),
  z.object({ kind: z.literal("close") }),
  /** Brings what was saved into the other engine; the engine itself is a setting. */
  z.object({ kind: z.literal("convert"), to: profileEngine }),
  /** Lists its saved states. */
  z.object({ kind: z.literal("states") }),
  z.object({ kind: z.literal("restore-state"), version: z.number().int().min(0) }),
]);
export type ProfileOrder = z.infer<typeof profileOrder>;

/** `signedManifest`: an `order` over the task that it becomes. */
export const orderProfileInput = z.object({ id, order: profileOrder, signedManifest: signedManifest.optional() });

import * as z from "zod";
import { id } from "../schemas/common.ts";

/** Most profiles in one report. */
export const PROFILES_PER_REPORT = 200;

/** The runner's clock, milliseconds since the epoch. */
const at = z.number().int().min(0);

/** Who uses a profile: a run, a window that a person opened, a program that is connected to it, a session without either, or a task. */
export const profileHolder = z.object({ kind: z.enum(["run", "window", "connect", "session", "task"]), id, since: at });
export type ProfileHolder = z.infer<typeof profileHolder>;

/** Most proxies of a profile of which bytes are told. */
export const PROXIES_PER_PROFILE = 20;
/** What has gone over a proxy for a profile on this runner, besides its runs, since the runner has it: it only grows, in bytes. */
export const proxyBytes = z.object({ proxyId: id, sent: z.number().int().min(0), received: z.number().int().min(0) });
export type ProxyBytes = z.infer<typeof proxyBytes>;

/** What a runner knows of one of its profiles: states, sizes and names of kinds, nothing of what is in it. */
export const profileFacts = z.object({
  /** The newest settings that the runner has; 0 when it has none. */
  revision: z.number().int().min(0),
  holder: profileHolder.nullable(),
  stateSavedAt: at.nullable(),
  stateBytes: z.number().int().min(0).nullable(),
  /** What is to be known of its state: kinds that the shared engine cannot keep, or that an older state was put back. */
  flags: z.array(z.string().regex(/^[a-z][a-z-]{1,39}$/)).max(20),
  /** It is kept open for somebody, and hibernates since then: nothing of it is in memory until it is used. Runners of before do not say. */
  hibernatingSince: at.nullable().default(null),
  proxyBytes: z.array(proxyBytes).max(PROXIES_PER_PROFILE).optional(),
  /** When a program was last kept from it because its proxy's exit did not fit: each time later than the one before. Absent when none was. */
  mismatchAt: at.optional(),
});
export type ProfileFacts = z.infer<typeof profileFacts>;

/** Runner to server: what has changed of its profiles since the server has stored it. Answered by a receipt. */
export const profileReport = z.object({
  v: z.literal(1),
  profiles: z.array(z.object({ profileId: id, facts: profileFacts })).max(PROFILES_PER_REPORT),
});
export type ProfileReport = z.infer<typeof profileReport>;

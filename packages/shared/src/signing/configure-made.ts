import { chunks } from "../chunks.ts";
import { PROFILES_PER_CONFIGURE } from "../protocol/tasks.ts";
import type { ProfileSettings } from "../schemas/profile-settings.ts";

type Made = { id: string; toSign?: ProfileSettings | undefined };
export type Configured = { profileId: string; revision: number; settings: ProfileSettings };

/**
 * Has the runner told what profiles are like that were just made on it, where that has to be signed: their device, and what they leave by.
 * `send` signs and sends one `profile.configure`, of at most {@link PROFILES_PER_CONFIGURE} profiles. What it throws is thrown on: the
 * profiles from there on have no device.
 */
export async function configureMade(made: readonly Made[], send: (profiles: Configured[]) => Promise<unknown>): Promise<void> {
  const profiles = made.flatMap(({ id, toSign }) => (toSign ? [{ profileId: id, revision: 1, settings: toSign }] : []));
  for (const some of chunks(profiles, PROFILES_PER_CONFIGURE)) await send(some);
}

import type { exportProfileInput } from "@deskhand/shared/schemas/profile-transfer";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { askProfile } from "./ask-profile.ts";
import { findStillProfile } from "./queries.ts";

/**
 * Has the runner put the profile into a parcel, sealed to whoever asks. @returns the task, which tells when it is there
 * @throws AppError NOT_FOUND, PROFILE_MOVING; as `askProfile`
 */
export async function exportProfile(
  ctx: Context,
  { id, signedManifest, ...input }: z.output<typeof exportProfileInput>,
): Promise<{ id: string }> {
  const profile = await findStillProfile(ctx, id, "profile.write");
  return askProfile(ctx, profile, { command: "profile.export", payload: { profileId: id, ...input }, signed: signedManifest });
}

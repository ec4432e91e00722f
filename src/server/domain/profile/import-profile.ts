import type { importProfileInput } from "@deskhand/shared/schemas/profile-transfer";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { askProfile } from "./ask-profile.ts";
import { findStillProfile } from "./queries.ts";

/**
 * Has the runner take a file into the profile, which waits as a parcel that is sealed to it. @returns the task, which tells what came of it
 * @throws AppError NOT_FOUND, PROFILE_MOVING; as `askProfile`
 */
export async function importProfile(
  ctx: Context,
  { id, signedManifest, ...input }: z.output<typeof importProfileInput>,
): Promise<{ id: string }> {
  const profile = await findStillProfile(ctx, id, "profile.write");
  return askProfile(ctx, profile, { command: "profile.import", payload: { profileId: id, ...input }, signed: signedManifest });
}

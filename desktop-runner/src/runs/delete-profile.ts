import { rmSync } from "node:fs";
import path from "node:path";
import { profileDeletePayload } from "@deskhand/shared/protocol/commands";

/** Removes the profile's folder with all that is in it. False when the payload names none; throws when it cannot be removed. */
export function deleteProfile(profilesFolder: string, payload: unknown): boolean {
  const parsed = profileDeletePayload.safeParse(payload);
  // the id was parsed as a UUID, so that the path stays inside the folder
  if (parsed.success) rmSync(path.join(profilesFolder, parsed.data.profileId), { recursive: true, force: true });
  return parsed.success;
}

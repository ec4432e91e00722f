import type { ProfileTable } from "../profiles/profile-table.ts";
import type { WorkerRunEvent } from "../worker/messages.ts";

/** What a run's event says of its profile, for the server to be told. */
export function noteProfile(profiles: ProfileTable, profileId: string, event: WorkerRunEvent): void {
  if (event.kind === "profile-saved") profiles.noteSaved(profileId, event.at, event.bytes);
  if (event.kind === "profile-flags") profiles.addFlags(profileId, event.flags);
  if (event.kind === "proxy-exit") profiles.noteExit(profileId, event);
  if (event.kind === "profile-restored") profiles.addFlags(profileId, ["state-restored"]);
}

import path from "node:path";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { listProfileStates, ProfileBusy, restoreProfileState } from "../../../browser/profile-store.ts";
import type { CommandContext } from "../../command.ts";
import { countWords } from "../../count-words.ts";
import { CliError, usageError } from "../../failure.ts";
import { noteSaved } from "../../local-page.ts";
import { findOwnProfile } from "../../own-profile.ts";

const shown = ({ savedAt, ...state }: Awaited<ReturnType<typeof listProfileStates>>[number]) => ({
  ...state,
  savedAt: savedAt === null ? null : new Date(savedAt).toISOString(),
});

/** `deskhand profiles states NAME`: what can be put back. */
export async function listStates(wanted: string, _flags: object, context: CommandContext): Promise<number> {
  const { home, id } = await findOwnProfile(wanted, context);
  const states = await listProfileStates(path.join(home.profilesFolder, id));
  for (const state of states.map(shown)) {
    const line = `${String(state.version).padStart(6)}  ${state.savedAt ?? "an unknown time"}  ${bytesWords(state.bytes)}, ${countWords(state.cookies, "cookie")}, ${countWords(state.origins, "site")}`;
    context.output.tell({ type: "state", ...state }, line);
  }
  context.output.result({ profileId: id, count: states.length }, states.length === 0 ? "Nothing was saved of it yet." : undefined);
  return 0;
}

/** `deskhand profiles restore-state NAME VERSION` */
export async function restoreState(wanted: string, version: string, _flags: object, context: CommandContext): Promise<number> {
  const { home, id, name } = await findOwnProfile(wanted, context);
  if (!/^\d{1,9}$/.test(version)) throw usageError(`"${version}" is not a version.`, "`deskhand profiles states NAME` lists them.");
  try {
    const now = await restoreProfileState(path.join(home.profilesFolder, id), Number(version));
    if (!now) throw usageError(`Version ${version} is not kept.`, "`deskhand profiles states NAME` lists those that are.");
    await noteSaved(home, id, now.bytes, ["state-restored"]);
    context.output.result({ profileId: id, ...shown(now) }, `${name} is as it was in version ${version}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof ProfileBusy)) throw error;
    throw new CliError("PROFILE_BUSY", 3, "The profile is in use.", "Wait until it is free, then try again.");
  }
}

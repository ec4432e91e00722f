import { type ProfileDetail, type ProfileView, profileHolderView } from "@deskhand/shared/schemas/profile";
import type { ProfileState } from "@deskhand/shared/schemas/profile-filter";
import { profileNotice } from "@deskhand/shared/schemas/profile-notice";
import { type ProfileSettings, profileSettings } from "@deskhand/shared/schemas/profile-settings";
import * as z from "zod";
import { isOnline } from "@/server/domain/runner/rules";
import type { Profile } from "@/server/generated/prisma/client";

/** Those that this server does not know are left out. */
const notices = z.array(z.unknown()).transform((all) => all.flatMap((one) => profileNotice.safeParse(one).data ?? []));

export type ProfileRow = Profile & {
  runner: { name: string; connectionId: string | null; lastSeenAt: Date | null };
  group: { name: string } | null;
};

/** The runs that a profile's view tells of: the newest, and the one that uses it now. */
export type ProfileRuns = { lastRunId: string | null; lastRunState: string | null; activeRunId: string | null };

export type ProfileNetwork = ProfileView["network"];

export function viewProfile(profile: ProfileRow, runs: ProfileRuns, network: ProfileNetwork, now: Date): ProfileView {
  return {
    id: profile.id,
    projectId: profile.projectId,
    name: profile.name,
    notes: profile.notes,
    tags: profile.tags,
    groupId: profile.groupId,
    groupName: profile.group?.name ?? null,
    engine: readSettings(profile).engine,
    network,
    revision: profile.revision,
    appliedRevision: profile.appliedRevision,
    holder: viewHolder(profile),
    hibernatingSince: profile.hibernatingSince?.toISOString() ?? null,
    stateFlags: profile.stateFlags,
    notices: notices.parse(profile.notices),
    runnerId: profile.runnerId,
    runnerName: profile.runner.name,
    runnerOnline: isOnline(profile.runner, now),
    moveId: profile.moveId,
    state: stateOf(profile, runs),
    activeRunId: runs.activeRunId,
    stateSavedAt: profile.stateSavedAt?.toISOString() ?? null,
    stateBytes: profile.stateBytes,
    lastRunId: runs.lastRunId,
    lastRunState: runs.lastRunState,
    lastRunAt: profile.lastRunAt?.toISOString() ?? null,
    purgeAt: profile.purgeAt?.toISOString() ?? null,
    createdAt: profile.createdAt.toISOString(),
  };
}

export function viewProfileDetail(view: ProfileView, profile: ProfileRow, heldBy: ProfileDetail["heldBy"]): ProfileDetail {
  return { ...view, settings: readSettings(profile), heldBy };
}

function stateOf({ holderKind, hibernatingSince, stateSavedAt }: ProfileRow, { activeRunId }: ProfileRuns): ProfileState {
  if (activeRunId || holderKind) return "in-use";
  if (hibernatingSince) return "hibernating";
  return stateSavedAt ? "saved" : "new";
}

/** What it is like; a row of before a setting was known has its default. */
export function readSettings({ settings }: Pick<Profile, "settings">): ProfileSettings {
  return profileSettings.parse(settings);
}

function viewHolder({ holderKind, holderId, holderSince }: Profile): ProfileView["holder"] {
  const read = profileHolderView.safeParse({ kind: holderKind, id: holderId, since: holderSince?.toISOString() });
  return read.success ? read.data : null;
}

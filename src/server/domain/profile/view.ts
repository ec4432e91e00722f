import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { isOnline } from "@/server/domain/runner/rules";
import type { Profile } from "@/server/generated/prisma/client";

export type ProfileRow = Profile & { runner: { name: string; connectionId: string | null; lastSeenAt: Date | null } };

/** The runs that a profile's view tells of: the newest, and the one that uses it now. */
export type ProfileRuns = { lastRunId: string | null; lastRunState: string | null; activeRunId: string | null };

export function viewProfile(profile: ProfileRow, runs: ProfileRuns, now: Date): ProfileView {
  return {
    id: profile.id,
    projectId: profile.projectId,
    name: profile.name,
    runnerId: profile.runnerId,
    runnerName: profile.runner.name,
    runnerOnline: isOnline(profile.runner, now),
    state: runs.activeRunId ? "in-use" : profile.stateSavedAt ? "saved" : "new",
    activeRunId: runs.activeRunId,
    stateSavedAt: profile.stateSavedAt?.toISOString() ?? null,
    stateBytes: profile.stateBytes,
    lastRunId: runs.lastRunId,
    lastRunState: runs.lastRunState,
    createdAt: profile.createdAt.toISOString(),
  };
}

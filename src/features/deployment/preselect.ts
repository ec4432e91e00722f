import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { RunnerView } from "@deskhand/shared/schemas/runner";

export type LastChoice = {
  runnerId: string | null;
  profileIds: readonly string[];
  /** Those that were chosen before the form was opened, on each runner: they are taken as they are. */
  byRunner?: Readonly<Record<string, readonly string[]>>;
  /** The deployment whose inputs are proposed, too; secret ones nobody can read. */
  deploymentId?: string;
};

/** Runners that may take work, those that are online first, then by name. */
export function usableRunners<T extends Pick<RunnerView, "status" | "online" | "name">>(runners: readonly T[]): T[] {
  return runners
    .filter((runner) => runner.status === "accepted")
    .toSorted((a, b) => Number(b.online) - Number(a.online) || a.name.localeCompare(b.name));
}

/** The runner that was used last when it is still there, else the first that is online, else the first. Expects {@link usableRunners}. */
export function preselectRunner(runners: readonly Pick<RunnerView, "id">[], last: LastChoice): string | null {
  return runners.find((runner) => runner.id === last.runnerId)?.id ?? runners[0]?.id ?? null;
}

/** The profiles that were used last and live on the runner, else the only one there is, else none. */
export function preselectProfiles(
  profiles: readonly Pick<ProfileView, "id" | "runnerId">[],
  runnerId: string | null,
  last: LastChoice,
): string[] {
  const here = profiles.filter((profile) => profile.runnerId === runnerId).map((profile) => profile.id);
  const again = here.filter((id) => last.profileIds.includes(id));
  if (again.length > 0) return again;
  return here.length === 1 ? here : [];
}

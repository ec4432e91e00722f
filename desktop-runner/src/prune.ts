import type { RunnerHome } from "./identity/home.ts";
import type { Journal } from "./journal/journal.ts";
import type { PolicyKeeper } from "./policy/policy-keeper.ts";
import type { ProfileTable } from "./profiles/profile-table.ts";
import { removeDeletedProfiles } from "./profiles/remove-deleted.ts";
import type { ArtifactStore } from "./runs/artifact-store.ts";
import type { SigningKeeper } from "./signing/signing-keeper.ts";

const dayMs = 24 * 60 * 60_000;
const keptCommands = 2_000;
const everyMs = 60 * 60_000;

type Options = {
  home: RunnerHome;
  journal: Journal;
  policy: PolicyKeeper;
  signing: SigningKeeper;
  profiles: ProfileTable;
  artifacts: Pick<ArtifactStore, "prune">;
  onProblem(what: string, error: unknown): void;
};

/** Removes what is not needed any more, now and each hour until it is stopped. */
export function keepPruned({ home, journal, policy, signing, profiles, artifacts, onProblem }: Options): { stop(): void } {
  const prune = () => {
    try {
      journal.prune(Date.now() - dayMs, keptCommands);
      policy.prune();
      signing.prune();
      artifacts.prune();
      removeDeletedProfiles(home, profiles, Date.now());
    } catch (error) {
      onProblem("what is not needed any more could not be removed", error);
    }
  };
  prune();
  const timer = setInterval(prune, everyMs);
  return { stop: () => clearInterval(timer) };
}

import { randomUUID } from "node:crypto";
import { ChunkReader } from "../content/read-tree.ts";
import { takeLease } from "../repository/lease.ts";
import type { StoredSnapshot } from "../repository/repository.ts";
import type { ProfileVersion, SnapshotProfile } from "../repository/snapshot.ts";
import { type BackupReport, backUp } from "./back-up.ts";
import type { Operation } from "./operation.ts";
import { codeOf, type RestoreReport, restoreProfile } from "./restore.ts";
import { type KnownVersion, sameTree, Versions } from "./versions.ts";

export type FollowReport = BackupReport & {
  /** Taken over from other runners. */
  pulled: string[];
  /** Newer elsewhere, and in use here: they are taken over another time. */
  waiting: string[];
  /** Of what is newer elsewhere something is lost: the others were taken over all the same. */
  failed: RestoreReport["failed"];
  /** Changed here and elsewhere: the loser is kept as this snapshot. */
  conflicts: { profileId: string; snapshotId: string; kept: "here" | "elsewhere" }[];
};

/**
 * Saves what is here, and takes over what is newer elsewhere and not in use here. Of two versions that were made without knowing of each
 * other the one with more changes wins (the runner's id decides between equals, the same on all of them), and the other one is kept as a
 * snapshot of its own. A profile that was deleted here comes back when it is changed elsewhere. One of which something is lost is told and
 * leaves the others be.
 */
export async function follow(operation: Operation & { withArtifacts: boolean }): Promise<FollowReport> {
  const { repository, home, writer, signal, clock } = operation;
  const before = await knownVersions(operation);
  const saved = await backUp(operation);
  const report: FollowReport = { ...saved, pulled: [], waiting: [], failed: [], conflicts: [] };
  const lease = await takeLease(repository, writer.id, { exclusive: false });
  let versions: Versions | undefined;
  try {
    const [{ index }, { snapshots }] = await Promise.all([repository.loadIndex(), repository.loadSnapshots()]);
    versions = new Versions(home, repository.id, writer.id, snapshots);
    const reader = new ChunkReader(repository, index);
    const keepLoser = async (profile: SnapshotProfile, kept: "here" | "elsewhere") => {
      const known = snapshots.find(
        ({ kind, profiles: [only] }) => kind === "conflict" && only?.id === profile.id && sameTree(only.tree, profile.tree),
      );
      const made = { v: 1 as const, id: randomUUID(), at: clock(), writer, kind: "conflict" as const };
      const snapshot =
        known ?? (await repository.putSnapshot({ ...made, profiles: [profile], runner: saved.snapshot.runner, artifacts: null }));
      report.conflicts.push({ profileId: profile.id, snapshotId: snapshot.id, kept });
    };
    for (const theirs of newestElsewhere(snapshots, writer.id).values()) {
      signal.throwIfAborted();
      const ours = saved.snapshot.profiles.find(({ id }) => id === theirs.id);
      const base = before.get(theirs.id);
      const step = decide({ ours, theirs, base });
      if (step === "nothing") continue;
      if (step === "adopt") {
        versions.set(theirs.id, { version: theirs.version, tree: theirs.tree });
        continue;
      }
      if (step === "win") {
        await keepLoser(theirs, "here");
        continue;
      }
      if (step === "lose" && ours) await keepLoser(ours, "elsewhere");
      try {
        await restoreProfile(home, theirs.id, await reader.tree(theirs.tree), reader);
        versions.set(theirs.id, { version: theirs.version, tree: theirs.tree });
        report.pulled.push(theirs.id);
      } catch (error) {
        const code = codeOf(error);
        if (code === "PROFILE_IN_USE") report.waiting.push(theirs.id);
        else report.failed.push({ profileId: theirs.id, code });
      }
    }
    return report;
  } finally {
    // what was taken over is known as that, whatever became of the others
    versions?.save();
    await lease.release();
  }
}

type Sides = {
  /** As it was just saved; undefined when it is not here. */
  ours: Pick<SnapshotProfile, "tree" | "version"> | undefined;
  theirs: Pick<SnapshotProfile, "tree" | "version">;
  /** What it was here when it was saved or taken over before. */
  base: KnownVersion | undefined;
};

/** `pull` takes theirs over, `lose` does after ours was kept, `win` keeps theirs, `adopt` notes that both are the same. */
export function decide({ ours, theirs, base }: Sides): "nothing" | "adopt" | "pull" | "win" | "lose" {
  if (!ours) return base && compareVersions(theirs.version, base.version) <= 0 ? "nothing" : "pull";
  if (sameTree(ours.tree, theirs.tree)) return compareVersions(theirs.version, ours.version) > 0 ? "adopt" : "nothing";
  const isOursNew = !base || compareVersions(ours.version, base.version) !== 0;
  const isTheirsNew = !base || compareVersions(theirs.version, base.version) > 0;
  if (!isTheirsNew) return "nothing";
  if (!isOursNew) return "pull";
  return compareVersions(ours.version, theirs.version) > 0 ? "win" : "lose";
}

/** Above 0 when `a` is the later one. The same on all runners. */
export function compareVersions(a: ProfileVersion, b: ProfileVersion): number {
  return a.n - b.n || (a.by === b.by ? 0 : a.by > b.by ? 1 : -1);
}

async function knownVersions({ repository, home, writer }: Operation): Promise<Versions> {
  return new Versions(home, repository.id, writer.id, (await repository.loadSnapshots()).snapshots);
}

/** Of each profile the latest version that another runner's newest snapshot has. */
function newestElsewhere(snapshots: readonly StoredSnapshot[], writerId: string): Map<string, SnapshotProfile> {
  const heads = new Map<string, StoredSnapshot>();
  // oldest first: the newest one stays
  for (const snapshot of snapshots)
    if (snapshot.kind === "backup" && snapshot.writer.id !== writerId) heads.set(snapshot.writer.id, snapshot);
  const newest = new Map<string, SnapshotProfile>();
  for (const profile of [...heads.values()].flatMap(({ profiles }) => profiles)) {
    const known = newest.get(profile.id);
    if (!known || compareVersions(profile.version, known.version) > 0) newest.set(profile.id, profile);
  }
  return newest;
}

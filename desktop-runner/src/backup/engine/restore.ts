import { existsSync, mkdirSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import path from "node:path";
import { lockProfile } from "../../browser/profile-store.ts";
import { ensureHome, type RunnerHome } from "../../identity/home.ts";
import { BackupError } from "../backup-error.ts";
import { writeSettings } from "../content/profile-settings.ts";
import { ChunkReader } from "../content/read-tree.ts";
import { isDamage, type StoredSnapshot } from "../repository/repository.ts";
import type { Tree } from "../repository/snapshot.ts";
import type { Operation } from "./operation.ts";
import { beginReplacing, finishReplacing, replaceFolder } from "./replace-folder.ts";
import { Versions } from "./versions.ts";

export type RestoreReport = {
  snapshot: StoredSnapshot;
  restored: string[];
  /** The others were restored all the same. */
  failed: { profileId: string; code: "PROFILE_IN_USE" | "OBJECT_MISSING" | "OBJECT_CHANGED" }[];
  bytes: number;
  bytesFetched: number;
  policy: boolean;
};

type What = {
  /** A snapshot's id or the beginning of it; the newest when absent, of this runner where it has one. */
  snapshotId?: string | undefined;
  /** Only these; all of the snapshot when absent. */
  profileIds?: readonly string[] | undefined;
  /** What the runner allows too: only where nothing was decided yet. */
  withPolicy: boolean;
};

/**
 * Puts profiles back as a snapshot has them, each whole or not at all, over what is there. One that somebody uses, or of which something is
 * lost, is told and leaves the others be.
 * @throws BackupError SNAPSHOT_UNKNOWN, PROFILE_UNKNOWN; StorageError
 */
export async function restore(operation: Operation, what: What): Promise<RestoreReport> {
  const { repository, home, writer, signal, onProgress } = operation;
  ensureHome(home);
  finishReplacing(home);
  const [{ index }, { snapshots }] = await Promise.all([repository.loadIndex({ adopt: true }), repository.loadSnapshots()]);
  const snapshot = chooseSnapshot(snapshots, what.snapshotId, writer.id);
  const unknown = what.profileIds?.find((id) => !snapshot.profiles.some((profile) => profile.id === id));
  if (unknown) throw new BackupError("PROFILE_UNKNOWN", unknown);
  const wanted = snapshot.profiles.filter(({ id }) => !what.profileIds || what.profileIds.includes(id));
  const versions = new Versions(home, repository.id, writer.id, snapshots);
  const report: RestoreReport = { snapshot, restored: [], failed: [], bytes: 0, bytesFetched: 0, policy: false };
  let done = 0;
  const tell = () =>
    onProgress?.({ phase: "restoring", done, total: wanted.length, bytesHere: report.bytes, bytesThere: reader.bytesFetched });
  const reader = new ChunkReader(repository, index, tell);
  tell();
  for (const { id, tree, version } of wanted) {
    signal.throwIfAborted();
    try {
      const onWritten = (bytes: number) => {
        report.bytes += bytes;
      };
      await restoreProfile(home, id, await reader.tree(tree), reader, onWritten);
      versions.set(id, { version, tree });
      report.restored.push(id);
    } catch (error) {
      report.failed.push({ profileId: id, code: codeOf(error) });
    }
    done += 1;
    tell();
  }
  if (what.withPolicy && !existsSync(home.policyFile)) {
    const tree = await reader.tree(snapshot.runner);
    await writeFiles(home.policyFolder, tree, reader, () => {});
    report.policy = tree.files.length > 0;
  }
  if (snapshot.artifacts && !what.profileIds)
    await writeFiles(home.artifactsFolder, await reader.tree(snapshot.artifacts), reader, () => {});
  mkdirSync(home.backupFolder, { recursive: true, mode: 0o700 });
  versions.save();
  report.bytesFetched = reader.bytesFetched;
  return report;
}

/** @throws BackupError PROFILE_IN_USE, OBJECT_MISSING, OBJECT_CHANGED */
export async function restoreProfile(
  home: RunnerHome,
  profileId: string,
  tree: Tree,
  reader: ChunkReader,
  onWritten: (bytes: number) => void = () => {},
): Promise<void> {
  const lock = await lockProfile(path.join(home.profilesFolder, profileId));
  if (!lock) throw new BackupError("PROFILE_IN_USE", profileId);
  try {
    await writeFiles(beginReplacing(home, profileId), tree, reader, onWritten);
    replaceFolder(home, profileId);
    if (tree.settings) writeSettings(home, profileId, tree.settings);
  } finally {
    await lock.release();
  }
}

/** The snapshot of this id, or of the only one that begins so. @throws BackupError SNAPSHOT_UNKNOWN */
export function chooseSnapshot(snapshots: readonly StoredSnapshot[], wanted: string | undefined, writerId: string): StoredSnapshot {
  const backups = snapshots.filter(({ kind }) => kind === "backup");
  const found =
    wanted === undefined
      ? [backups.findLast(({ writer }) => writer.id === writerId) ?? backups.at(-1)]
      : snapshots.filter(({ id }) => id.startsWith(wanted.toLowerCase()));
  const [only, another] = found;
  if (!only || another) throw new BackupError("SNAPSHOT_UNKNOWN", wanted ?? "there is none");
  return only;
}

async function writeFiles(folder: string, tree: Tree, reader: ChunkReader, onWritten: (bytes: number) => void): Promise<void> {
  for (const { path: name, chunks } of tree.files) {
    const file = path.resolve(folder, name);
    // what is sealed was written by who has the key; a way out of the folder is none of ours all the same
    if (!file.startsWith(path.resolve(folder) + path.sep)) throw new BackupError("OBJECT_CHANGED", "a file's name");
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(`${file}.tmp`, "w", 0o600);
    try {
      for (const id of chunks) {
        const content = await reader.chunk(id);
        await handle.writeFile(content);
        onWritten(content.length);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.tmp`, file);
  }
}

/** @throws the error, when it is not of one profile alone */
export function codeOf(error: unknown): RestoreReport["failed"][number]["code"] {
  if (error instanceof BackupError && (error.code === "PROFILE_IN_USE" || error.code === "OBJECT_MISSING")) return error.code;
  if (isDamage(error)) return "OBJECT_CHANGED";
  throw error;
}

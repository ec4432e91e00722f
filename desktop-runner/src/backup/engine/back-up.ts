import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { isProfileLocked } from "../../browser/profile-store.ts";
import { ChunkCutter } from "../content/cut-chunks.ts";
import { FileCache } from "../content/file-cache.ts";
import { BROWSER_FOLDER, listFiles } from "../content/profile-files.ts";
import { readSettings } from "../content/profile-settings.ts";
import { ChunkReader } from "../content/read-tree.ts";
import { printOf, saveFiles, saveTree, type TreeParts } from "../content/save-tree.ts";
import { takeLease } from "../repository/lease.ts";
import { PackWriter } from "../repository/pack-writer.ts";
import { isDamage, type StoredSnapshot } from "../repository/repository.ts";
import type { SnapshotProfile, Tree, TreeFile } from "../repository/snapshot.ts";
import { checkPacks } from "./check-packs.ts";
import type { Operation } from "./operation.ts";
import { finishReplacing } from "./replace-folder.ts";
import { sameTree, Versions, versionOf } from "./versions.ts";

export type BackupReport = {
  snapshot: StoredSnapshot;
  profiles: number;
  files: number;
  bytes: number;
  bytesRead: number;
  bytesSent: number;
  /** Profiles whose browser was open: of it there is what was saved before. */
  inUse: string[];
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Saves what this runner has as a new snapshot; what the repository has already is not sent. The snapshot is written last: until then,
 * and wherever this is broken off, the repository is as it was, and the next one goes on with what had arrived.
 * @throws BackupError BUSY_ELSEWHERE, LEASE_LOST; StorageError
 */
export async function backUp(operation: Operation & { withArtifacts: boolean }): Promise<BackupReport> {
  const { repository, home, writer, signal, onProgress, clock, packBytes, withArtifacts } = operation;
  const lease = await takeLease(repository, writer.id, { exclusive: false });
  let packs: PackWriter | undefined;
  let cache: FileCache | undefined;
  let isWhole = false;
  try {
    finishReplacing(home);
    const [{ index, packs: stored }, { snapshots }] = await Promise.all([repository.loadIndex(), repository.loadSnapshots()]);
    const versions = new Versions(home, repository.id, writer.id, snapshots);
    const last = snapshots.findLast((made) => made.writer.id === writer.id && made.kind === "backup");
    const reader = new ChunkReader(repository, index);
    const ids = await profileIds(home.profilesFolder);
    const settings = readSettings(home);
    const all = [...new Set([...ids, ...settings.keys()])].filter((id) => uuid.test(id)).sort();
    let done = 0;
    let bytesRead = 0;
    const tell = () => onProgress?.({ phase: "saving", done, total: all.length, bytesHere: bytesRead, bytesThere: packs?.bytesSent ?? 0 });
    const journal = path.join(home.backupFolder, `sent-${repository.id}.jsonl`);
    packs = new PackWriter(repository, index, { journal, packBytes, onSent: tell });
    packs.resume(stored);
    cache = new FileCache(path.join(home.backupFolder, "files.db"), repository.id);
    const onRead = (bytes: number) => {
      bytesRead += bytes;
    };
    const parts: TreeParts = { writer: packs, cutter: new ChunkCutter(repository.keys.cutting), cache, signal, onRead };
    tell();

    const before = async (id: string): Promise<Tree | undefined> => {
      const known = last?.profiles.find((profile) => profile.id === id);
      return known && readQuietly(() => reader.tree(known.tree));
    };
    const profiles: SnapshotProfile[] = [];
    for (const id of all) {
      const folder = path.join(home.profilesFolder, id);
      const { files, inUse } = await saveProfile(folder, id, parts, () => before(id));
      const tree = await saveTree({ v: 1, settings: settings.get(id) ?? null, files }, parts);
      profiles.push({ id, tree, inUse, ...sizesOf(files), version: versionOf(versions.get(id), tree, writer.id) });
      done += 1;
      tell();
    }
    const runner = await saveFolder(home.policyFolder, "policy", ["policy.json"], parts);
    const artifacts = withArtifacts
      ? await saveFolder(home.artifactsFolder, "artifacts", await listFiles(home.artifactsFolder), parts)
      : null;

    await packs.finish();
    await lease.check();
    const made = { v: 1 as const, id: randomUUID(), at: clock(), writer, kind: "backup" as const, profiles, runner, artifacts };
    const snapshot = await repository.putSnapshot(made);
    await lease.check().catch(() => checkPacks(repository, snapshot));
    for (const { id, version, tree } of profiles) {
      const known = versions.get(id);
      if (!known || !sameTree(known.tree, tree)) versions.set(id, { version, tree });
    }
    versions.save();
    isWhole = true;
    await repository.tidyCache();
    const files = profiles.reduce((sum, profile) => sum + profile.files, 0);
    const bytes = profiles.reduce((sum, profile) => sum + profile.bytes, 0);
    const inUse = profiles.filter((profile) => profile.inUse).map(({ id }) => id);
    return { snapshot, profiles: profiles.length, files, bytes, bytesRead, bytesSent: packs.bytesSent, inUse };
  } finally {
    await packs?.abandon();
    cache?.close({ isWhole });
    await lease.release();
  }
}

/** What is put in place whole is taken at any time; what a browser writes to only when nobody has the profile, before and after. */
async function saveProfile(folder: string, id: string, parts: TreeParts, before: () => Promise<Tree | undefined>) {
  const names = await listFiles(folder);
  const isOfBrowser = (name: string) => name.startsWith(`${BROWSER_FOLDER}/`);
  const own = names.filter(isOfBrowser);
  const files = await saveFiles(
    folder,
    names.filter((name) => !isOfBrowser(name)),
    id,
    parts,
  );
  if (own.length === 0) return { files, inUse: false };
  if (!(await isProfileLocked(folder))) {
    const print = await printOf(folder, own);
    const ofBrowser = await saveFiles(folder, own, id, parts);
    // a browser that was open in between has written something, if only that it was
    if (!(await isProfileLocked(folder)) && (await printOf(folder, await ownNames(folder))) === print) {
      return { files: inOrder([...files, ...ofBrowser]), inUse: false };
    }
  }
  const saved = (await before())?.files.filter((file) => isOfBrowser(file.path) && file.chunks.every((chunk) => parts.writer.has(chunk)));
  return { files: inOrder([...files, ...(saved ?? [])]), inUse: true };
}

async function ownNames(folder: string): Promise<string[]> {
  return (await listFiles(folder)).filter((name) => name.startsWith(`${BROWSER_FOLDER}/`));
}

function inOrder(files: TreeFile[]): TreeFile[] {
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function saveFolder(folder: string, cacheAs: string, names: readonly string[], parts: TreeParts): Promise<string[]> {
  return saveTree({ v: 1, settings: null, files: await saveFiles(folder, names, cacheAs, parts) }, parts);
}

function sizesOf(files: readonly TreeFile[]) {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function profileIds(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function readQuietly<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

import path from "node:path";
import { BackupError } from "../backup-error.ts";
import { ChunkReader } from "../content/read-tree.ts";
import { ChunkIndex, type PackEntry } from "../repository/chunk-index.ts";
import { type Lease, takeLease } from "../repository/lease.ts";
import { PackWriter } from "../repository/pack-writer.ts";
import type { Repository, StoredSnapshot } from "../repository/repository.ts";
import type { Operation } from "./operation.ts";
import { type Retention, toKeep } from "./retention.ts";

export type PruneReport = { kept: number; removed: string[]; packsRemoved: number; packsRewritten: number; bytesFreed: number };

type What = {
  /** Which to keep; all when absent. */
  rules?: Retention | undefined;
  /** These go in any case: ids or their beginnings. */
  forget?: readonly string[] | undefined;
};

/** A pack of which less than this part is needed is written anew with what is. */
const WORTH_KEEPING = 0.5;
/** Each backup leaves a small pack; when there are many, they become a few large ones. */
const SMALL_BYTES = 2 * 1024 * 1024;
const MANY_SMALL = 20;

/**
 * Removes snapshots, and then what no other one needs. What is needed is found by reading all that stay, and when one of those cannot be
 * read, nothing is removed. The order (new packs, their index, the old indexes, the old packs) leaves a whole repository at every point.
 * @throws BackupError BUSY_ELSEWHERE, LEASE_LOST, SNAPSHOT_UNKNOWN, OBJECT_MISSING, OBJECT_CHANGED; StorageError
 */
export async function prune(operation: Operation, { rules, forget = [] }: What): Promise<PruneReport> {
  const { repository, home, writer, signal, onProgress } = operation;
  const { storage } = repository;
  const lease = await takeLease(repository, writer.id, { exclusive: true });
  try {
    const { snapshots, unreadable } = await repository.loadSnapshots();
    const going = new Set(forget.map((id) => named(snapshots, id)));
    if (rules) {
      const kept = toKeep(
        snapshots.filter((snapshot) => !going.has(snapshot)),
        rules,
      );
      for (const snapshot of snapshots) if (!kept.has(snapshot.id)) going.add(snapshot);
    }
    const staying = snapshots.filter((snapshot) => !going.has(snapshot));
    const loaded = await repository.loadIndex({ adopt: unreadable.length > 0 });
    // an unreadable one may need anything. It is the owner's to decide: `forget` takes it by its name
    const broken = unreadable.filter((name) => !forget.some((id) => name.startsWith(id)));
    if (broken[0] || loaded.unreadable[0])
      throw new BackupError("OBJECT_CHANGED", broken[0] ? `snapshots/${broken[0]}` : `indexes/${loaded.unreadable[0]}`);
    const needed = await mark(repository, loaded.index, staying, signal);

    const report: PruneReport = { kept: staying.length, removed: [], packsRemoved: 0, packsRewritten: 0, bytesFreed: 0 };
    const tell = (done: number, total: number) =>
      onProgress?.({ phase: "tidying", done, total, bytesHere: 0, bytesThere: report.bytesFreed });
    await lease.check();
    for (const { name, id } of going) {
      await storage.delete(`snapshots/${name}`);
      report.removed.push(id);
    }
    for (const name of unreadable) await storage.delete(`snapshots/${name}`);

    const { keep, rewrite, drop } = sort(loaded.index, needed);
    if (rewrite.length + drop.length > 0) {
      const journal = path.join(home.backupFolder, `tidied-${repository.id}.jsonl`);
      await rewriteIndexes(repository, loaded.index, { keep, rewrite, needed, oldIndexes: loaded.indexes, journal, lease, signal });
    }
    // what was just taken out of the index, and packs of no index: an upload that was broken off left them
    const indexed = new Set(keep.map(({ name }) => name));
    const dead = loaded.packs.filter(({ name }) => !indexed.has(name));
    for (const [at, { name, bytes }] of dead.entries()) {
      if (at % 50 === 0) await lease.check();
      tell(at, dead.length);
      await storage.delete(`packs/${name}`);
      report.packsRemoved += 1;
      report.bytesFreed += bytes;
    }
    report.packsRewritten = rewrite.length;
    tell(dead.length, dead.length);
    await lease.check();
    await storage.tidy?.();
    await repository.tidyCache();
    return report;
  } finally {
    await lease.release();
  }
}

function named(snapshots: readonly StoredSnapshot[], wanted: string): StoredSnapshot {
  const [only, another] = snapshots.filter(({ id }) => id.startsWith(wanted.toLowerCase()));
  if (!only || another) throw new BackupError("SNAPSHOT_UNKNOWN", wanted);
  return only;
}

/** The chunks that these snapshots need. @throws BackupError when one of their trees cannot be read */
async function mark(
  repository: Repository,
  index: ChunkIndex,
  snapshots: readonly StoredSnapshot[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const reader = new ChunkReader(repository, index);
  const needed = new Set<string>();
  const seen = new Set<string>();
  for (const { profiles, runner, artifacts } of snapshots) {
    for (const tree of [...profiles.map((profile) => profile.tree), runner, ...(artifacts ? [artifacts] : [])]) {
      signal.throwIfAborted();
      if (seen.has(tree.join())) continue;
      seen.add(tree.join());
      for (const id of tree) needed.add(id);
      for (const file of (await reader.tree(tree)).files) for (const id of file.chunks) needed.add(id);
    }
  }
  return needed;
}

function sort(index: ChunkIndex, needed: ReadonlySet<string>): { keep: PackEntry[]; rewrite: PackEntry[]; drop: PackEntry[] } {
  const sorted: { keep: PackEntry[]; rewrite: PackEntry[]; drop: PackEntry[] } = { keep: [], rewrite: [], drop: [] };
  const length = (chunks: PackEntry["chunks"]) => chunks.reduce((sum, [, , bytes]) => sum + bytes, 0);
  for (const pack of index.packs) {
    const live = pack.chunks.filter(([id]) => needed.has(id) && index.find(id)?.pack === pack.name);
    if (live.length === 0) sorted.drop.push(pack);
    else sorted[length(live) < WORTH_KEEPING * length(pack.chunks) ? "rewrite" : "keep"].push(pack);
  }
  const small = sorted.keep.filter(({ bytes }) => bytes < SMALL_BYTES);
  if (small.length < MANY_SMALL) return sorted;
  return { ...sorted, keep: sorted.keep.filter((pack) => !small.includes(pack)), rewrite: [...sorted.rewrite, ...small] };
}

type Rewrite = {
  keep: readonly PackEntry[];
  rewrite: readonly PackEntry[];
  needed: ReadonlySet<string>;
  oldIndexes: readonly string[];
  journal: string;
  lease: Lease;
  signal: AbortSignal;
};

/** New packs and indexes with what is needed, in place of the old indexes. */
async function rewriteIndexes(repository: Repository, index: ChunkIndex, what: Rewrite): Promise<void> {
  const { keep, rewrite, needed, oldIndexes, journal, lease, signal } = what;
  const reader = new ChunkReader(repository, index);
  const fresh = new ChunkIndex();
  for (const pack of keep) fresh.add(pack);
  const writer = new PackWriter(repository, fresh, { journal });
  try {
    for (const pack of rewrite) {
      for (const [id] of pack.chunks) {
        signal.throwIfAborted();
        if (needed.has(id) && !writer.has(id)) await writer.add(await reader.chunk(id));
      }
    }
    await writer.finish(keep);
  } finally {
    await writer.abandon();
  }
  await lease.check();
  const current = new Set(writer.indexNames);
  for (const name of oldIndexes) if (!current.has(name)) await repository.storage.delete(`indexes/${name}`);
}

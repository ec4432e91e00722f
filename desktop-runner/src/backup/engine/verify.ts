import { randomInt } from "node:crypto";
import { ChunkReader } from "../content/read-tree.ts";
import { isDamage, readPackHeader, type StoredSnapshot } from "../repository/repository.ts";
import type { Operation } from "./operation.ts";

export type VerifyReport = {
  /** Packs that were read to the end, of how many there are. */
  packsRead: number;
  packs: number;
  bytesFetched: number;
  snapshots: number;
  /** Objects that are there and not what they were. */
  changed: string[];
  /** Chunks that a snapshot needs and no readable pack has. */
  missingChunks: number;
  /** Profiles of which a snapshot has lost something, and in which ones. */
  hit: { profileId: string; snapshotIds: string[] }[];
  /** Snapshots whose runner's own part, policy or artifacts, has lost something. */
  hitSnapshots: string[];
  isWhole: boolean;
};

/**
 * Looks whether all that the snapshots need is there and is what it was. Every pack is read, or with `sample` that part of them, chosen at
 * random; that each is there, with its size, is looked at in any case.
 */
export async function verify(operation: Operation, options: { sample?: number | undefined }): Promise<VerifyReport> {
  const { repository, signal, onProgress } = operation;
  const [{ index, packs, unreadable }, loaded] = await Promise.all([repository.loadIndex({ adopt: true }), repository.loadSnapshots()]);
  const changed = [...unreadable.map((name) => `indexes/${name}`), ...loaded.unreadable.map((name) => `snapshots/${name}`)];
  const damagedPacks = new Set<string>();
  const chosen = choose(
    packs.map(({ name }) => name),
    options.sample ?? 1,
  );
  let fetched = 0;
  const tell = (done: number) => onProgress?.({ phase: "checking", done, total: chosen.length, bytesHere: 0, bytesThere: fetched });
  for (const [at, name] of chosen.entries()) {
    signal.throwIfAborted();
    tell(at);
    try {
      const content = await repository.readPack(name);
      fetched += content.length;
      for (const [id, offset, length] of readPackHeader(content)) await repository.takeChunk(content, { id, offset, length });
    } catch (error) {
      if (!isDamage(error)) throw error;
      damagedPacks.add(name);
      changed.push(`packs/${name}`);
    }
  }
  tell(chosen.length);
  const reader = new ChunkReader(repository, index);
  const isGood = (id: string) => {
    const place = index.find(id);
    return place !== undefined && !damagedPacks.has(place.pack);
  };
  const missing = new Set<string>();
  const trees = new Map<string, boolean>();
  const isWhole = async (ids: readonly string[]): Promise<boolean> => {
    const key = ids.join();
    const known = trees.get(key);
    if (known !== undefined) return known;
    let needed = [...ids];
    try {
      if (needed.every(isGood)) needed = needed.concat((await reader.tree(ids)).files.flatMap(({ chunks }) => chunks));
    } catch (error) {
      if (!isDamage(error)) throw error;
      // of a sample: this one was not read before
      for (const id of ids) missing.add(id);
    }
    for (const id of needed) if (!isGood(id)) missing.add(id);
    const whole = needed.every((id) => !missing.has(id));
    trees.set(key, whole);
    return whole;
  };
  const hit = new Map<string, string[]>();
  const hitSnapshots: string[] = [];
  for (const snapshot of loaded.snapshots) {
    for (const { id, tree } of snapshot.profiles) if (!(await isWhole(tree))) hit.set(id, [...(hit.get(id) ?? []), snapshot.id]);
    if (!(await runnerIsWhole(snapshot, isWhole))) hitSnapshots.push(snapshot.id);
  }
  return {
    packsRead: chosen.length,
    packs: packs.length,
    bytesFetched: fetched + reader.bytesFetched,
    snapshots: loaded.snapshots.length,
    changed,
    missingChunks: missing.size,
    hit: [...hit].map(([profileId, snapshotIds]) => ({ profileId, snapshotIds })),
    hitSnapshots,
    isWhole: changed.length === 0 && missing.size === 0,
  };
}

async function runnerIsWhole(
  { runner, artifacts }: StoredSnapshot,
  isWhole: (ids: readonly string[]) => Promise<boolean>,
): Promise<boolean> {
  return (await isWhole(runner)) && (artifacts === null || (await isWhole(artifacts)));
}

function choose(names: readonly string[], part: number): string[] {
  const left = [...names];
  const count = Math.min(left.length, Math.ceil(left.length * part));
  return Array.from({ length: count }, () => left.splice(randomInt(left.length), 1)[0] as string);
}

import path from "node:path";
import { BackupError } from "../backup-error.ts";
import { type ObjectFolder, type ObjectPath, type Storage, StorageError, type StoredObject } from "../storage/storage.ts";
import { ChunkIndex, type PackEntry, packEntries, packHeader } from "./chunk-index.ts";
import type { OpenedKey } from "./key-slots.ts";
import { ObjectCache } from "./object-cache.ts";
import { RepositoryKeys } from "./repository-key.ts";
import { sealJson, unpack, unseal, unsealJson } from "./seal.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

export type StoredSnapshot = Snapshot & { name: string };
/** Packs together stay below this in one index, so that an index is some MB at most. */
const CHUNKS_PER_INDEX = 40_000;
const HEADER_LENGTH = 4;

/** A repository that is open: a storage, and the key to what lies there. */
export class Repository {
  readonly storage: Storage;
  readonly keys: RepositoryKeys;
  readonly id: string;
  readonly #cache: ObjectCache;

  constructor(storage: Storage, { key, repositoryId }: OpenedKey, cacheFolder: string) {
    this.storage = storage;
    this.keys = new RepositoryKeys(key);
    this.id = repositoryId;
    this.#cache = new ObjectCache(path.join(cacheFolder, repositoryId));
  }

  /** Writes an object under the name that its bytes give it. @returns that name */
  async put(folder: ObjectFolder, sealed: Buffer): Promise<string> {
    const name = this.keys.name(folder, sealed);
    await this.storage.put(`${folder}/${name}`, sealed);
    return name;
  }

  /** An object's sealed bytes, which are what they were. @throws BackupError OBJECT_MISSING, OBJECT_CHANGED */
  async get(folder: ObjectFolder, name: string): Promise<Buffer> {
    const objectPath: ObjectPath = `${folder}/${name}`;
    const sealed = await this.storage.get(objectPath).catch((error) => {
      if (error instanceof StorageError && error.code === "NOT_FOUND") throw new BackupError("OBJECT_MISSING", objectPath);
      throw error;
    });
    if (this.keys.name(folder, sealed) !== name) throw new BackupError("OBJECT_CHANGED", objectPath);
    return sealed;
  }

  async readPack(name: string): Promise<Buffer> {
    return unseal(this.keys, "packs", await this.get("packs", name));
  }

  /** A chunk out of its pack. @throws BackupError OBJECT_CHANGED */
  async takeChunk(pack: Buffer, { id, offset, length }: { id: string; offset: number; length: number }): Promise<Buffer> {
    const content = await unpack(pack.subarray(offset, offset + length)).catch((error) => {
      throw new BackupError("OBJECT_CHANGED", `chunk ${id.slice(0, 8)}`, error);
    });
    if (this.keys.chunkId(content) !== id) throw new BackupError("OBJECT_CHANGED", `chunk ${id.slice(0, 8)}`);
    return content;
  }

  /**
   * What can be read from here: an index's packs count when the storage lists them with their size. An index that cannot be read is passed
   * over; with `adopt`, the packs of no index are read for what is in them.
   */
  async loadIndex(
    options: { adopt?: boolean } = {},
  ): Promise<{ index: ChunkIndex; packs: StoredObject[]; indexes: string[]; unreadable: string[] }> {
    const [packs, indexes] = await Promise.all([this.storage.list("packs"), this.storage.list("indexes")]);
    const sizes = new Map(packs.map(({ name, bytes }) => [name, bytes]));
    const index = new ChunkIndex();
    const unreadable: string[] = [];
    const read = await Promise.all(
      indexes.map(async ({ name }) => {
        try {
          return packEntries.parse(
            await this.#cache.get(name, async () => unsealJson(this.keys, "indexes", await this.get("indexes", name))),
          );
        } catch (error) {
          if (!isDamage(error)) throw error;
          unreadable.push(name);
          return [];
        }
      }),
    );
    for (const pack of read.flat()) if (sizes.get(pack.name) === pack.bytes) index.add(pack);
    if (options.adopt) await this.#adopt(index, packs);
    return { index, packs, indexes: indexes.map(({ name }) => name), unreadable };
  }

  async #adopt(index: ChunkIndex, packs: readonly StoredObject[]): Promise<void> {
    for (const { name, bytes } of packs) {
      if (index.hasPack(name)) continue;
      try {
        index.add({ name, bytes, chunks: readPackHeader(await this.readPack(name)) });
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
    }
  }

  /** @returns the names of the new indexes, whose packs are all there */
  async putIndex(packs: readonly PackEntry[]): Promise<string[]> {
    const names: string[] = [];
    let part: PackEntry[] = [];
    let chunks = 0;
    for (const [at, pack] of packs.entries()) {
      part.push(pack);
      chunks += pack.chunks.length;
      if (chunks < CHUNKS_PER_INDEX && at < packs.length - 1) continue;
      names.push(await this.put("indexes", await sealJson(this.keys, "indexes", part)));
      part = [];
      chunks = 0;
    }
    return names;
  }

  /** Oldest first; `unreadable` are names of snapshots that are damaged. */
  async loadSnapshots(): Promise<{ snapshots: StoredSnapshot[]; unreadable: string[] }> {
    const stored = await this.storage.list("snapshots");
    const unreadable: string[] = [];
    const read = await Promise.all(
      stored.map(async ({ name }) => {
        try {
          const fetch = async () => unsealJson(this.keys, "snapshots", await this.get("snapshots", name));
          return [{ ...snapshot.parse(await this.#cache.get(name, fetch)), name }];
        } catch (error) {
          if (!isDamage(error)) throw error;
          unreadable.push(name);
          return [];
        }
      }),
    );
    return { snapshots: read.flat().sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)), unreadable };
  }

  async putSnapshot(made: Snapshot): Promise<StoredSnapshot> {
    return { ...made, name: await this.put("snapshots", await sealJson(this.keys, "snapshots", made)) };
  }

  /** Forgets here what the storage has no more. */
  async tidyCache(): Promise<void> {
    const names = (await Promise.all([this.storage.list("indexes"), this.storage.list("snapshots")])).flat().map(({ name }) => name);
    await this.#cache.keepOnly(new Set(names));
  }
}

/** Something is lost or not what it was, as against a storage that does not answer. */
export function isDamage(error: unknown): boolean {
  return (
    (error instanceof BackupError && (error.code === "OBJECT_MISSING" || error.code === "OBJECT_CHANGED")) ||
    (error instanceof Error && error.name === "ZodError") ||
    error instanceof SyntaxError
  );
}

/** A pack's content: what is in it, and the chunks. */
export function buildPack(chunks: readonly { id: string; packed: Buffer; bytes: number }[]): {
  content: Buffer;
  entries: PackEntry["chunks"];
} {
  // offsets depend on the header's length, and that on the offsets' digits: they are counted from behind the header there
  let offset = 0;
  const header = chunks.map(({ id, packed, bytes }): PackEntry["chunks"][number] => {
    offset += packed.length;
    return [id, offset - packed.length, packed.length, bytes];
  });
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(HEADER_LENGTH);
  length.writeUInt32BE(text.length);
  const start = HEADER_LENGTH + text.length;
  const content = Buffer.concat([length, text, ...chunks.map(({ packed }) => packed)]);
  return { content, entries: header.map(([id, at, size, bytes]) => [id, at + start, size, bytes]) };
}

/** @throws ZodError, SyntaxError */
export function readPackHeader(content: Buffer): PackEntry["chunks"] {
  const start = HEADER_LENGTH + content.readUInt32BE(0);
  const header = packHeader.parse(JSON.parse(content.subarray(HEADER_LENGTH, start).toString()));
  return header.map(([id, at, size, bytes]) => [id, at + start, size, bytes]);
}

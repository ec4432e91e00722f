import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { StoredObject } from "../storage/storage.ts";
import { type ChunkIndex, type PackEntry, packEntries } from "./chunk-index.ts";
import { buildPack, type Repository } from "./repository.ts";
import { pack, seal } from "./seal.ts";

/** Bytes of chunks that make a pack full: a storage sees few objects rather than thousands. */
const PACK_BYTES = 8 * 1024 * 1024;
/** Packs that are being sent at once; what is read waits for them, so that memory stays bounded. */
const UNDER_WAY = 3;

/**
 * Collects chunks into packs and sends them. What is sent is noted in a file here before it goes, so that a backup that was broken off
 * finds again what had arrived, though no index names it yet.
 */
export class PackWriter {
  bytesSent = 0;
  packsSent = 0;
  /** Of the indexes that {@link finish} wrote. */
  indexNames: string[] = [];
  readonly #repository: Repository;
  readonly #index: ChunkIndex;
  readonly #journal: string;
  readonly #packBytes: number;
  readonly #onSent: () => void;
  readonly #written: PackEntry[] = [];
  readonly #waiting = new Map<string, { id: string; packed: Buffer; bytes: number }>();
  readonly #sending = new Set<Promise<void>>();
  #bytes = 0;
  #failure: unknown;

  constructor(
    repository: Repository,
    index: ChunkIndex,
    options: { journal: string; packBytes?: number | undefined; onSent?: () => void },
  ) {
    this.#repository = repository;
    this.#index = index;
    this.#journal = options.journal;
    this.#packBytes = options.packBytes ?? PACK_BYTES;
    this.#onSent = options.onSent ?? (() => {});
  }

  /** Packs that an earlier try sent and no index names yet. */
  resume(stored: readonly StoredObject[]): void {
    if (!existsSync(this.#journal)) return;
    const sizes = new Map(stored.map(({ name, bytes }) => [name, bytes]));
    for (const line of readFileSync(this.#journal, "utf8").split("\n")) {
      const packs = packEntries.safeParse(parseLine(line));
      for (const entry of packs.data ?? []) {
        if (sizes.get(entry.name) !== entry.bytes || this.#index.hasPack(entry.name)) continue;
        this.#index.add(entry);
        this.#written.push(entry);
      }
    }
  }

  /** Takes the content over when the repository does not have it. @returns its id */
  async add(content: Buffer): Promise<string> {
    const id = this.#repository.keys.chunkId(content);
    if (this.#index.find(id) || this.#waiting.has(id)) return id;
    const packed = await pack(content);
    this.#waiting.set(id, { id, packed, bytes: content.length });
    this.#bytes += packed.length;
    if (this.#bytes >= this.#packBytes) await this.#send();
    return id;
  }

  has(id: string): boolean {
    return this.#waiting.has(id) || this.#index.find(id) !== undefined;
  }

  /** Everything is with the storage, and named by an index, together with these. */
  async finish(others: readonly PackEntry[] = []): Promise<void> {
    await this.#send();
    await Promise.all(this.#sending);
    if (this.#failure) throw this.#failure;
    this.indexNames = await this.#repository.putIndex([...others, ...this.#written]);
    rmSync(this.#journal, { force: true });
  }

  /** Waits for what is under way, after a failure: nothing of it is left to go wrong later. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#sending);
  }

  async #send(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#waiting.size === 0) return;
    const { content, entries } = buildPack([...this.#waiting.values()]);
    this.#waiting.clear();
    this.#bytes = 0;
    const sealed = seal(this.#repository.keys, "packs", content);
    const entry: PackEntry = { name: this.#repository.keys.name("packs", sealed), bytes: sealed.length, chunks: entries };
    mkdirSync(path.dirname(this.#journal), { recursive: true, mode: 0o700 });
    appendFileSync(this.#journal, `${JSON.stringify([entry])}\n`, { mode: 0o600 });
    // a chunk that comes again is not put into another pack, also while this one is under way
    this.#index.add(entry);
    const sending = this.#repository.storage
      .put(`packs/${entry.name}`, sealed)
      .then(() => {
        this.#written.push(entry);
        this.bytesSent += sealed.length;
        this.packsSent += 1;
        this.#onSent();
      })
      .catch((error) => {
        this.#failure ??= error;
      })
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
    while (this.#sending.size >= UNDER_WAY) await Promise.race(this.#sending);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // empty, or the last one of a process that was killed
    return undefined;
  }
}

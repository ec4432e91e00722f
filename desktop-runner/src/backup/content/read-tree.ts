import { BackupError } from "../backup-error.ts";
import type { ChunkIndex } from "../repository/chunk-index.ts";
import type { Repository } from "../repository/repository.ts";
import { type Tree, tree } from "../repository/snapshot.ts";

/** Opened packs that are kept at once; content that was saved together lies together. */
const KEPT_PACKS = 6;

/** Reads chunks and trees, each pack once where that is possible. */
export class ChunkReader {
  bytesFetched = 0;
  readonly #repository: Repository;
  readonly #index: ChunkIndex;
  readonly #onFetched: (bytes: number) => void;
  readonly #packs = new Map<string, Promise<Buffer>>();

  constructor(repository: Repository, index: ChunkIndex, onFetched: (bytes: number) => void = () => {}) {
    this.#repository = repository;
    this.#index = index;
    this.#onFetched = onFetched;
  }

  /** @throws BackupError OBJECT_MISSING, OBJECT_CHANGED */
  async chunk(id: string): Promise<Buffer> {
    const place = this.#index.find(id);
    if (!place) throw new BackupError("OBJECT_MISSING", `chunk ${id.slice(0, 8)}`);
    return this.#repository.takeChunk(await this.#pack(place.pack), { id, ...place });
  }

  async tree(ids: readonly string[]): Promise<Tree> {
    const parts: Buffer[] = [];
    for (const id of ids) parts.push(await this.chunk(id));
    return tree.parse(JSON.parse(Buffer.concat(parts).toString()));
  }

  #pack(name: string): Promise<Buffer> {
    let pack = this.#packs.get(name);
    this.#packs.delete(name);
    if (!pack) {
      pack = this.#repository.readPack(name).then((content) => {
        this.bytesFetched += content.length;
        this.#onFetched(content.length);
        return content;
      });
      pack.catch(() => this.#packs.delete(name));
    }
    this.#packs.set(name, pack);
    for (const oldest of this.#packs.keys()) {
      if (this.#packs.size <= KEPT_PACKS) break;
      this.#packs.delete(oldest);
    }
    return pack;
  }
}

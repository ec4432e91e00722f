import * as z from "zod";

/** A chunk in its pack: where it begins and how long it is there, and how long it is itself. */
type Entry = [id: string, offset: number, length: number, bytes: number];
export type PackEntry = { name: string; bytes: number; chunks: Entry[] };
export type ChunkPlace = { pack: string; offset: number; length: number; bytes: number };

const entry = z.tuple([z.string(), z.number(), z.number(), z.number()]);
export const packEntries = z.array(z.object({ name: z.string(), bytes: z.number(), chunks: z.array(entry) }));
/** What lies at the beginning of a pack, for a repository that lost its indexes. */
export const packHeader = z.array(entry);

/** Which chunk is in which pack, for packs that the storage still has. */
export class ChunkIndex {
  readonly #places = new Map<string, ChunkPlace>();
  readonly #packs = new Map<string, PackEntry>();

  get packs(): Iterable<PackEntry> {
    return this.#packs.values();
  }

  get chunkCount(): number {
    return this.#places.size;
  }

  add(pack: PackEntry): void {
    this.#packs.set(pack.name, pack);
    for (const [id, offset, length, bytes] of pack.chunks) this.#places.set(id, { pack: pack.name, offset, length, bytes });
  }

  hasPack(name: string): boolean {
    return this.#packs.has(name);
  }

  find(id: string): ChunkPlace | undefined {
    return this.#places.get(id);
  }
}

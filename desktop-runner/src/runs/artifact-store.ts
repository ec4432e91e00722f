import { existsSync, readdirSync, rmSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { ArtifactIndex, IndexedArtifact } from "../journal/artifact-index.ts";

export type ArtifactStoreOptions = {
  folder: string;
  index: ArtifactIndex;
  /** Room for the artifacts of finished runs, bytes. */
  maxBytes: number;
  /** How long they are kept, milliseconds; as long as there is room when absent. */
  maxAgeMs?: number | undefined;
  clock?: () => number;
};

/** The files that runs leave behind, and the rule by which they go: the oldest make room, and what is too old goes anyway. */
export class ArtifactStore {
  readonly #folder: string;
  readonly #index: ArtifactIndex;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number | undefined;
  readonly #clock: () => number;

  constructor(options: ArtifactStoreOptions) {
    this.#folder = options.folder;
    this.#index = options.index;
    this.#maxBytes = options.maxBytes;
    this.#maxAgeMs = options.maxAgeMs;
    this.#clock = options.clock ?? Date.now;
  }

  runFolder(runId: string): string {
    return path.join(this.#folder, runId);
  }

  /** `file` is a path below the run's folder; one that leads out of it is not taken. */
  add(artifact: IndexedArtifact): void {
    if (this.#resolve(artifact)) this.#index.add(artifact);
  }

  /** Where the artifact's content is; undefined when it is not kept any more. */
  find(id: string): { file: string; contentType: string } | undefined {
    const artifact = this.#index.find(id);
    const file = artifact && this.#resolve(artifact);
    return artifact && file && existsSync(file) ? { file, contentType: artifact.contentType } : undefined;
  }

  /** The run is over: counts what it left and lets the oldest runs make room. */
  async keep(runId: string): Promise<void> {
    this.#index.keep(runId, await folderBytes(this.runFolder(runId)), this.#clock());
    this.prune();
  }

  /** At the start: counts the folders of runs that ended with the process. */
  async adopt(): Promise<void> {
    for (const runId of readdirSync(this.#folder)) {
      if (!this.#index.has(runId)) this.#index.keep(runId, await folderBytes(this.runFolder(runId)), this.#clock());
    }
    this.prune();
  }

  /** Gives up what is too old, and then the oldest of what is too much. */
  prune(): void {
    if (this.#maxAgeMs !== undefined) this.#giveUp(this.#index.finishedBefore(this.#clock() - this.#maxAgeMs));
    this.#giveUp(this.#index.overflow(this.#maxBytes));
  }

  #giveUp(runIds: readonly string[]): void {
    for (const runId of runIds) {
      rmSync(this.runFolder(runId), { recursive: true, force: true });
      this.#index.forget(runId);
    }
  }

  #resolve({ runId, file }: IndexedArtifact): string | undefined {
    const folder = this.runFolder(runId);
    const resolved = path.resolve(folder, file);
    return resolved.startsWith(folder + path.sep) ? resolved : undefined;
  }
}

async function folderBytes(folder: string): Promise<number> {
  let total = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isFile()) total += (await stat(path.join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return total;
}

import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Indexes and snapshots never change under their name, so each is fetched once. Opened, they lie in the runner's folder, mode 600. */
export class ObjectCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was kept under this name, else what `fetch` gives, which is kept. */
  async get(name: string, fetch: () => Promise<unknown>): Promise<unknown> {
    const file = path.join(this.#folder, name);
    try {
      return JSON.parse(await readFile(file, "utf8"));
    } catch {
      // not there or damaged: the same to a cache
    }
    const value = await fetch();
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.tmp`, JSON.stringify(value), { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    return value;
  }

  /** Forgets what the storage has no more. */
  async keepOnly(names: ReadonlySet<string>): Promise<void> {
    const kept = await readdir(this.#folder).catch(() => []);
    await Promise.all(kept.filter((name) => !names.has(name)).map((name) => rm(path.join(this.#folder, name), { force: true })));
  }
}

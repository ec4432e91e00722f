import path from "node:path";
import * as z from "zod";
import type { RunnerHome } from "../../identity/home.ts";
import { readJsonFile, writeJsonFile } from "../../identity/home.ts";
import { type ProfileVersion, profileVersion, type Snapshot } from "../repository/snapshot.ts";

const known = z.object({ version: profileVersion, tree: z.array(z.string()) });
const versionsFile = z.object({ v: z.literal(1), repositoryId: z.string(), profiles: z.record(z.string(), known) });

export type KnownVersion = z.infer<typeof known>;

/** What this runner's profiles were when they were saved or taken over last, and which version that was. */
export class Versions {
  readonly #file: string;
  readonly #repositoryId: string;
  readonly #profiles: Map<string, KnownVersion>;

  /** `snapshots`: of the repository, oldest first, to know it again when the file is lost. */
  constructor(home: RunnerHome, repositoryId: string, writerId: string, snapshots: readonly Snapshot[]) {
    this.#file = path.join(home.backupFolder, "versions.json");
    this.#repositoryId = repositoryId;
    const read = versionsFile.safeParse(readQuietly(this.#file));
    const ours = read.success && read.data.repositoryId === repositoryId ? Object.entries(read.data.profiles) : undefined;
    const last = snapshots.findLast(({ writer, kind }) => writer.id === writerId && kind === "backup");
    this.#profiles = new Map(ours ?? last?.profiles.map(({ id, version, tree }) => [id, { version, tree }]));
  }

  get(profileId: string): KnownVersion | undefined {
    return this.#profiles.get(profileId);
  }

  set(profileId: string, version: KnownVersion): void {
    this.#profiles.set(profileId, version);
  }

  save(): void {
    writeJsonFile(this.#file, { v: 1, repositoryId: this.#repositoryId, profiles: Object.fromEntries(this.#profiles) });
  }
}

/** The version of a profile with this tree: another tree is the next version, and ours. */
export function versionOf(before: KnownVersion | undefined, tree: readonly string[], writerId: string): ProfileVersion {
  if (!before) return { n: 1, by: writerId };
  return sameTree(before.tree, tree) ? before.version : { n: before.version.n + 1, by: writerId };
}

export function sameTree(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

function readQuietly(file: string): unknown {
  try {
    return readJsonFile(file);
  } catch {
    return undefined;
  }
}

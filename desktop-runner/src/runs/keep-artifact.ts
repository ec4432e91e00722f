import type { ArtifactEvent } from "../worker/messages.ts";
import type { ArtifactStore } from "./artifact-store.ts";

type Keep = { artifacts: ArtifactStore; onProblem(what: string, error: unknown): void };

/** Remembers a file that a run left. One that cannot be written down is there but will not be found: told as gone. */
export function keepArtifact({ artifacts, onProblem }: Keep, runId: string, { id, file, contentType, bytes }: ArtifactEvent): void {
  try {
    artifacts.add({ id, runId, file, contentType, bytes });
  } catch (error) {
    onProblem("an artifact could not be indexed", error);
  }
}

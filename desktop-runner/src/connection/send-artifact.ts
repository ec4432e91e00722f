import type { Receipt } from "@deskhand/shared/protocol/commands";
import type { ArtifactRequest } from "@deskhand/shared/protocol/live";
import type { ArtifactStore } from "../runs/artifact-store.ts";
import { beginUpload } from "./upload.ts";

type From = { artifacts: ArtifactStore; serverUrl: string; onProblem(what: string, error: unknown): void };

/** Begins to send a file that a run left, when it is still there. */
export async function sendArtifact(request: ArtifactRequest, { artifacts, serverUrl, onProblem }: From): Promise<Receipt> {
  const { artifactId, uploadPath, token, offset } = request;
  const found = artifacts.find(artifactId);
  if (!found) return { v: 1, ok: false, code: "ARTIFACT_GONE" };
  const upload = { url: new URL(uploadPath, serverUrl), token, offset, ...found };
  const begun = await beginUpload(upload, (error) => onProblem("an artifact could not be sent", error));
  return begun ? { v: 1, ok: true } : { v: 1, ok: false, code: "ARTIFACT_GONE" };
}

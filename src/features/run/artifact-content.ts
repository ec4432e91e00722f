import { errorWords } from "@deskhand/shared/error-words";
import type { ArtifactView } from "@deskhand/shared/schemas/run";

/** Where an artifact's bytes come from: the server passes them on from the runner and keeps none. */
export function artifactAddress(id: string): string {
  return `/api/v1/artifacts/${id}/content`;
}

/** The runner's answer was no: `status` is the HTTP status, 0 when the server was not reached. */
export class ArtifactError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`artifact ${status}`);
    this.status = status;
  }
}

/** Reads an artifact's bytes. Throws {@link ArtifactError}, and an AbortError when it is broken off. */
export async function readArtifact(id: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(artifactAddress(id), { signal: signal ?? null }).catch(() => null);
  signal?.throwIfAborted();
  if (!response?.ok) throw new ArtifactError(response?.status ?? 0);
  return response;
}

/** Why a file could not be shown, in words. */
export function describeArtifactProblem(error: unknown, runnerName: string): string {
  switch (error instanceof ArtifactError ? error.status : 0) {
    case 409:
      return offlineWords(runnerName);
    case 410:
    case 404:
      return `${runnerName} no longer keeps this file. ${errorWords.ARTIFACT_GONE.whatToDo}`;
    case 401:
    case 403:
      return "You may not see this file. Ask an owner of the project.";
    case 504:
      return `${runnerName} did not answer in time. Try again in a moment.`;
    default:
      return "The file could not be fetched. Check your connection and try again.";
  }
}

/** May asking again bring the file? Not when the runner has deleted it, nor for somebody who may not see it. */
export function mayStillCome(error: unknown): boolean {
  return !(error instanceof ArtifactError && [401, 403, 404, 410].includes(error.status));
}

export function offlineWords(runnerName: string): string {
  return `These files are on ${runnerName}, which is offline. They will be here when it is back.`;
}

/** The screenshots of a run by step, in the order in which they were taken. */
export function screenshotsByStep(artifacts: readonly ArtifactView[]): Map<number, ArtifactView[]> {
  const byStep = new Map<number, ArtifactView[]>();
  for (const artifact of artifacts) {
    if (artifact.type !== "screenshot" || artifact.stepIndex === null) continue;
    byStep.set(artifact.stepIndex, [...(byStep.get(artifact.stepIndex) ?? []), artifact]);
  }
  return byStep;
}

/** 0 B, 812 B, 14 KB, 3.2 MB: units of 1,000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "KB"] : bytes < 1e9 ? [bytes / 1e6, "MB"] : [bytes / 1e9, "GB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

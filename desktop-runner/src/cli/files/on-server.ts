import { projectList } from "@deskhand/shared/schemas/project";
import { parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import { workflowVersionDetail } from "@deskhand/shared/schemas/workflow";
import type { Api } from "../api.ts";
import { CliError, serverError } from "../failure.ts";
import { hashOf } from "./workflow-file.ts";

export type ServerVersion = { number: number; hash: string; recording: Recording; createdBy: string | null; createdAt: string };

/** The latest version of a workflow; undefined when it was deleted, or none is published yet. */
export async function latestOn(api: Api, workflowId: string): Promise<ServerVersion | undefined> {
  try {
    const { number, contentHash, recording, createdBy, createdAt } = await api.get(
      `/workflows/${workflowId}/version`,
      workflowVersionDetail,
    );
    const parsed = parseRecordingData(recording);
    if (!parsed.ok) throw serverError("RECORDING_INVALID", { message: parsed.issues[0]?.message });
    return { number, hash: contentHash, recording: parsed.recording, createdBy, createdAt };
  } catch (error) {
    if (error instanceof CliError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

/** Is it this very content? A version that was stored by an older server is compared as today's would store it. */
export function isSame({ hash, recording }: ServerVersion, local: string): boolean {
  return hash === local || hashOf(recording) === local;
}

/** The project that the API key is for. */
export async function projectOf(api: Api): Promise<string> {
  const [project] = (await api.get("/projects", projectList)).items;
  if (!project) throw serverError("PROJECT_REQUIRED");
  return project.id;
}

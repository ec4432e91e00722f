import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { maxRecordingBytes, parseRecording, parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import { workflowVersionDetail, workflowVersionView, workflowView } from "@deskhand/shared/schemas/workflow";
import * as z from "zod";
import type { Api } from "./api.ts";
import { CliError, serverError, usageError } from "./failure.ts";
import { readLock, writeLock } from "./files/lock.ts";
import { latestOn } from "./files/on-server.ts";
import { findWorkflow, workflowNamed } from "./lookup.ts";
import type { Output } from "./output.ts";

export type ChosenVersion = { workflowId: string; number: number; recording: Recording };

const unchanged = z.object({ version: z.number() });

export async function latestVersionOf(api: Api, wanted: string): Promise<ChosenVersion> {
  const workflow = await findWorkflow(api, wanted);
  const version = await api.get(`/workflows/${workflow.id}/version`, workflowVersionDetail);
  return { workflowId: workflow.id, number: version.number, recording: readContent(version.recording) };
}

/** The recording of one version. */
export async function recordingOf(api: Api, { workflowId, version: number }: { workflowId: string; version: number }): Promise<Recording> {
  return readContent((await api.get(`/workflows/${workflowId}/version`, workflowVersionDetail, { number })).recording);
}

function readContent(content: Record<string, unknown>): Recording {
  const parsed = parseRecordingData(content);
  if (!parsed.ok) throw serverError("RECORDING_INVALID", { message: parsed.issues[0]?.message });
  return parsed.recording;
}

/**
 * The recording as a version of the workflow that has its title: a new workflow, a new version, or the latest when nothing changed. A file
 * that was pulled follows the version that it was pulled from; any other the latest, and whose that was is told.
 * @throws CliError WORKFLOW_MOVED_ON when somebody has published another since, unless `force`
 */
export async function uploadRecording(api: Api, file: string, force: boolean, output: Output): Promise<ChosenVersion> {
  const text = readRecordingFile(file);
  const parsed = parseRecording(text);
  if (!parsed.ok) {
    const code = parsed.code === "RECORDING_TOO_LARGE" ? "RECORDING_TOO_LARGE" : "RECORDING_INVALID";
    throw serverError(code, { message: parsed.issues[0]?.message, details: { reason: parsed.code, issues: parsed.issues } });
  }
  const { title } = parsed.recording;
  const name = workflowName(title);
  const known = await workflowNamed(api, name);
  const saved = known ? await addVersion(api, known.id, { file, text, force }) : await create(api, name, text);
  const { replaces } = saved;
  const whose = replaces && `, in the place of version ${replaces.version}${replaces.createdBy ? ` by ${replaces.createdBy}` : ""}`;
  output.tell(
    { type: "workflow", workflowId: saved.workflowId, name, version: saved.number, new: saved.isNew, ...(replaces && { replaces }) },
    saved.isNew ? `Uploaded "${name}" as version ${saved.number}${whose ?? ""}.` : `"${name}" is unchanged: version ${saved.number}.`,
  );
  return { ...saved, recording: parsed.recording };
}

/** `replaces`: what was the latest until then. */
type Saved = {
  workflowId: string;
  number: number;
  isNew: boolean;
  replaces?: { version: number; createdBy: string | null; createdAt: string } | undefined;
};

async function create(api: Api, name: string, recording: string): Promise<Saved> {
  const workflow = await api.post("/workflows", { name, recording }, workflowView);
  return { workflowId: workflow.id, number: workflow.latestVersion, isNew: true };
}

async function addVersion(api: Api, workflowId: string, given: { file: string; text: string; force: boolean }): Promise<Saved> {
  const latest = await latestOn(api, workflowId);
  const pulled = pulledAs(given.file, workflowId);
  const basedOn = given.force ? latest?.hash : (pulled?.version ?? latest?.hash);
  try {
    const version = await api.post(`/workflows/${workflowId}/versions`, { recording: given.text, basedOn }, workflowVersionView);
    pulled?.follow(version.contentHash);
    const replaces = latest && { version: latest.number, createdBy: latest.createdBy, createdAt: latest.createdAt };
    return { workflowId, number: version.number, isNew: true, replaces };
  } catch (error) {
    const same = error instanceof CliError && error.code === "WORKFLOW_UNCHANGED" ? unchanged.safeParse(error.details) : undefined;
    if (!same?.success) throw error;
    return { workflowId, number: same.data.version, isNew: false };
  }
}

/** The version that a file of a pulled folder was last the same as; undefined for a file of nowhere. */
function pulledAs(file: string, workflowId: string) {
  const folder = path.dirname(path.resolve(file));
  const name = path.basename(file);
  const lock = readLock(folder);
  const entry = lock?.workflows[name];
  if (!lock || entry?.id !== workflowId || entry.version === null) return undefined;
  const follow = (version: string) => writeLock(folder, { ...lock, workflows: { ...lock.workflows, [name]: { id: workflowId, version } } });
  return { version: entry.version, follow };
}

function readRecordingFile(file: string): string {
  try {
    // a file that is far too large is not read to be told so
    if (statSync(file).size > 2 * maxRecordingBytes) throw serverError("RECORDING_TOO_LARGE");
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(`The file ${file} cannot be read (${code ?? "unknown reason"}).`, "Give the path of a recording's JSON file.");
  }
}

/** A recording's title as a workflow's name: one line of at most 80 characters. */
function workflowName(title: string): string {
  const line = title
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 80)
    .trim();
  return line || "Untitled workflow";
}

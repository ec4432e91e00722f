import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { type ArtifactView, artifactType, isFinal, type RunDetail, runDetail } from "@deskhand/shared/schemas/run";
import { stepNumber } from "@deskhand/shared/schemas/run-tree";
import { safeFileName } from "../../browser/artifacts.ts";
import { isDiskFull } from "../../journal/is-disk-full.ts";
import { type Api, createApi, incomplete } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { CliError, usageError } from "../failure.ts";
import { requireOneOf } from "../flag-values.ts";
import { requireRunId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";

export type RunFilesFlags = { kind?: string[]; save?: string; force?: boolean };

/** A runner sends a few files at a time; others wait this long, and so often. */
const busyMs = 1_000;
const busyTimes = 60;

/** `deskhand runs files RUN`: what it left on its runner; with --save the files themselves. */
export async function runFiles(wanted: string, flags: RunFilesFlags, { env, output }: CommandContext): Promise<number> {
  const runId = requireRunId(wanted);
  const kinds = flags.kind?.map((kind) => requireOneOf("kind", kind, artifactType.options));
  if (flags.force && flags.save === undefined) throw usageError("--force means nothing without --save.", "Say where to: --save FOLDER");
  const api = createApi(accessFrom(env));
  const run = await api.get(`/runs/${runId}`, runDetail);
  const isWanted = ({ type }: ArtifactView) => !kinds || kinds.includes(type);
  const artifacts = run.artifacts.filter(isWanted);
  const none = isFinal(run.state) ? "This run left no such files." : `This run is ${run.state}: its files come as it goes on.`;
  if (flags.save === undefined || artifacts.length === 0) {
    for (const artifact of artifacts) output.tell(facts(run, artifact), line(run, artifact));
    output.result({ runId, count: artifacts.length, bytes: bytesOf(artifacts) }, artifacts.length === 0 ? none : undefined);
    return 0;
  }
  const files = withNames(run.artifacts, makeFolder(flags.save)).filter(({ artifact }) => isWanted(artifact));
  const there = await standing(files, flags.force === true);
  let failed = 0;
  for (const { artifact, file } of files) {
    try {
      if (!there.has(file)) await fetchFile(api, artifact, file);
      output.tell({ ...facts(run, artifact), file }, `${line(run, artifact)}  → ${file}`);
    } catch (error) {
      // one that is gone says nothing of the others
      if (!(error instanceof CliError) || !["ARTIFACT_GONE", "FILE_INCOMPLETE"].includes(error.code)) throw error;
      failed++;
      const { code, message, whatToDo } = error;
      output.tell({ ...facts(run, artifact), file: null, failureCode: code }, `${artifact.name}: ${message} ${whatToDo}`);
    }
  }
  const saved = files.length - failed;
  output.result(
    { runId, folder: flags.save, count: files.length, saved, failed },
    `Saved ${saved} of ${countWords(files.length, "file")}.`,
  );
  return failed > 0 ? 3 : 0;
}

function facts({ steps }: RunDetail, { id, type, stepIndex, ...artifact }: ArtifactView) {
  const step = stepIndex === null ? null : stepNumber(steps, stepIndex);
  return { type: "file", artifactId: id, kind: type, step, stepIndex, ...artifact };
}

function line({ steps }: RunDetail, { type, bytes, name, stepIndex }: ArtifactView): string {
  const step = stepIndex === null ? "" : `step ${stepNumber(steps, stepIndex)}`;
  return `${type.padEnd(10)}  ${bytesWords(bytes).padStart(7)}  ${step.padEnd(10)}  ${name}`;
}

function bytesOf(artifacts: readonly ArtifactView[]): number {
  return artifacts.reduce((sum, { bytes }) => sum + bytes, 0);
}

type Named = { artifact: ArtifactView; file: string };

const endings: Record<string, string> = { "image/jpeg": ".jpg", "image/png": ".png" };

/** A file name for each, none twice: also where upper and lower case are one. */
function withNames(artifacts: readonly ArtifactView[], folder: string): Named[] {
  const taken = new Set<string>();
  return artifacts.map((artifact) => {
    // a picture is called as its step: "Step 3.1"
    const ending = artifact.type === "screenshot" ? (endings[artifact.contentType] ?? "") : "";
    const { name, ext } = path.parse(safeFileName(`${artifact.name}${ending}`));
    let free = `${name}${ext}`;
    for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${name}-${count}${ext}`;
    taken.add(free.toLowerCase());
    return { artifact, file: path.join(folder, free) };
  });
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (error) {
    if (isDiskFull(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(`The folder ${folder} cannot be made (${code ?? "unknown reason"}).`, "Choose one that you may write to.");
  }
}

/** Those that are there already, whole. @throws CliError when there is another file in the place of one */
async function standing(files: readonly Named[], force: boolean): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const { artifact, file } of files) {
    if (!existsSync(file)) continue;
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    if (hash.digest("hex") === artifact.sha256) there.add(file);
    else if (!force) throw usageError(`There is another file ${file} already.`, "Choose another folder, or give --force.");
  }
  return there;
}

/** Writes the file whole or not at all, mode 600: it may show what a signed-in page shows. @throws CliError FILE_INCOMPLETE */
async function fetchFile(api: Api, artifact: ArtifactView, file: string): Promise<void> {
  const beside = `${file}.${process.pid}.part`;
  try {
    for (let times = 1; ; times++) {
      try {
        await pipeline(api.bytes(`/artifacts/${artifact.id}/content`), checked(artifact), createWriteStream(beside, { mode: 0o600 }));
        break;
      } catch (error) {
        if (!(error instanceof CliError) || error.code !== "RATE_LIMITED" || times >= busyTimes) throw error;
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? busyMs));
      }
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    if (error instanceof CliError || isDiskFull(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(
      `${file} cannot be written (${code ?? "unknown reason"}).`,
      "Choose a folder that you may write to, with room for it.",
    );
  }
}

/** Lets the bytes through, and fails at the end when they are not what the run left. */
function checked({ bytes, sha256 }: ArtifactView) {
  return async function* (parts: AsyncIterable<Uint8Array>) {
    const hash = createHash("sha256");
    let size = 0;
    for await (const part of parts) {
      hash.update(part);
      size += part.length;
      yield part;
    }
    if (size !== bytes || hash.digest("hex") !== sha256) throw incomplete();
  };
}

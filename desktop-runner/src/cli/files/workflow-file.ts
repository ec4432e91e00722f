import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import { maxRecordingBytes, parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import { recordingSchemaPath } from "@deskhand/shared/schemas/recording-json-schema";
import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import { CliError, usageError } from "../failure.ts";
import { type CodeFile, inlineCode, separateCode } from "./code-files.ts";
import { codeTypes, codeTypesName } from "./code-types.ts";
import { lockName } from "./lock.ts";
import { writeText } from "./write-text.ts";

export type WorkflowFile = {
  /** Its name in the folder. */
  file: string;
  recording: Recording;
  /** Of the content as the server will store it: SHA-256 of its canonical JSON, hexadecimal. */
  hash: string;
  /** What it names as its schema. */
  schema: string | undefined;
  codeFiles: CodeFile[];
};
export type FileIssue = { file: string; step: number | null; path: string; field: string; message: string };

/** The names of the workflows' files, in order; none when there is no such folder. */
export function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json") && entry.name !== lockName && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

/** Reads these files. @throws CliError RECORDING_INVALID that tells all mistakes of all of them, with file, step and field */
export function readFiles(folder: string, files: readonly string[]): WorkflowFile[] {
  const read = files.map((file) => readFile(folder, file));
  const issues = read.flatMap((each) => ("issues" in each ? each.issues : []));
  if (issues.length === 0) return read.filter((each) => "recording" in each);
  const count = new Set(issues.map(({ file }) => file)).size;
  throw new CliError(
    "RECORDING_INVALID",
    2,
    count === 1 ? `${issues[0]?.file} is not a workflow that can be run.` : `${count} files are not workflows that can be run.`,
    "Correct what is named. Nothing was sent.",
    { details: { issues } },
  );
}

/** One file, or what is wrong with it. */
export function readFile(folder: string, file: string): WorkflowFile | { file: string; issues: FileIssue[] } {
  const refuse = (issues: Omit<FileIssue, "file">[]) => ({
    file,
    issues: issues.map((issue) => ({ ...issue, file, message: `${file}: ${issue.message}` })),
  });
  const whole = (message: string) => refuse([{ step: null, path: "", field: "", message }]);
  const full = path.join(folder, file);
  let document: unknown;
  try {
    if (statSync(full).size > 2 * maxRecordingBytes) return whole("The workflow is larger than 2 MB.");
    document = JSON.parse(readFileSync(full, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    return whole(error instanceof SyntaxError ? `This is not JSON. ${error.message}` : "The file cannot be read.");
  }
  const { codeFiles, issues } = inlineCode(folder, document);
  const parsed = parseRecordingData(document);
  if (!parsed.ok) return refuse(parsed.issues);
  const { recording } = parsed;
  if (issues.length > 0) {
    const places = walkSteps(recording.steps);
    const told = issues.map(({ path: at, message }) => {
      const step = places.find((place) => place.path === at)?.index ?? null;
      return { step, path: at, field: "parameters.code.file", message: `Step ${(step ?? 0) + 1}: "parameters.code.file" ${message}.` };
    });
    return refuse(told);
  }
  if (Buffer.byteLength(JSON.stringify(recording)) > maxRecordingBytes) return whole("The workflow is larger than 2 MB.");
  const schema = (document as { $schema?: unknown }).$schema;
  return { file, recording, hash: hashOf(recording), schema: typeof schema === "string" ? schema : undefined, codeFiles };
}

/** Writes a workflow in its one form, and the code of its steps beside it. `before` is what the file was. */
export function writeFile(
  folder: string,
  file: string,
  recording: Recording,
  { serverUrl, before }: { serverUrl: string; before: WorkflowFile | undefined },
): void {
  const { document, codeFiles } = separateCode(recording, path.basename(file, ".json"), before?.codeFiles ?? []);
  for (const code of codeFiles) {
    const target = path.resolve(folder, code.file);
    // the names are those that the file had, or made here
    if (path.relative(folder, target).startsWith("..")) throw usageError(`${code.file} is outside of the folder.`, "Move it inside.");
    writeText(target, code.text);
  }
  if (codeFiles.length > 0) writeText(path.join(folder, codeTypesName), codeTypes);
  const $schema = before?.schema ?? `${serverUrl}${recordingSchemaPath}`;
  writeText(path.join(folder, file), `${JSON.stringify({ $schema, ...document }, null, 2)}\n`);
}

export function hashOf(recording: Recording): string {
  return createHash("sha256").update(canonicalJson(recording)).digest("hex");
}

/** A file's name for a workflow that has none yet, unlike those that are taken. */
export function fileNameFor(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  // names that Windows keeps for devices
  const slug = words === "" || /^(con|prn|aux|nul|com\d|lpt\d)$/.test(words) ? `workflow${words && "-"}${words}` : words;
  for (let number = 1; ; number++) {
    const file = number === 1 ? `${slug}.json` : `${slug}-${number}.json`;
    if (!taken.has(file) && file !== lockName) return file;
  }
}

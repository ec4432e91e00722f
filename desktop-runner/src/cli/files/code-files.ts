import { readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { isCodeModule } from "@deskhand/shared/schemas/code-module";
import { codeParametersSchema } from "@deskhand/shared/schemas/custom-step-parameters";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { walkSteps } from "@deskhand/shared/schemas/walk-steps";

/** Where the code of steps lies, inside of the folder. */
const codeFolder = "steps";
const mostCharacters = codeParametersSchema.shape.code.maxLength ?? 0;

/** A code step whose code lies in a file of its own. */
export type CodeFile = { path: string; file: string; text: string };
type Found = { codeFiles: CodeFile[]; issues: { path: string; message: string }[] };

/**
 * Puts the code of `"code": {"file": "steps/x.ts"}` in the place of its name, in a document that nobody has checked yet.
 * Only files inside of the folder are read: a document that came from somewhere else must not carry other files away.
 */
export function inlineCode(folder: string, document: unknown): Found {
  const found: Found = { codeFiles: [], issues: [] };
  const waiting: { value: unknown; path: string }[] = [{ value: (document as { steps?: unknown })?.steps, path: "steps" }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (!Array.isArray(next.value)) continue;
    for (const [index, step] of next.value.entries()) {
      const at = `${next.path}[${index}]`;
      const parameters = (step as { parameters?: unknown })?.parameters;
      if (typeof parameters !== "object" || parameters === null) continue;
      const { code } = parameters as { code?: unknown };
      const file = (code as { file?: unknown } | undefined)?.file;
      if ((step as { name?: unknown }).name === "deskhand.code" && typeof file === "string") {
        const text = readInside(folder, file);
        (parameters as { code: unknown }).code = text.ok ? text.text : "-";
        if (text.ok) found.codeFiles.push({ path: at, file, text: text.text });
        else found.issues.push({ path: at, message: text.why });
      }
      for (const [field, inside] of Object.entries(parameters)) waiting.push({ value: inside, path: `${at}.parameters.${field}` });
    }
  }
  return found;
}

/**
 * A document to write, with the code of its steps in files: those that they had, by their content and then by their order. Code that
 * is no module of its own stays in the document, for as a file it would be a mistake to every editor.
 */
export function separateCode(
  recording: Recording,
  name: string,
  before: readonly CodeFile[],
): { document: Recording; codeFiles: CodeFile[] } {
  const document = structuredClone(recording);
  const steps = walkSteps(document.steps).flatMap(({ step, path: at }) =>
    step.type === "customStep" && step.name === "deskhand.code" && isCodeModule(step.parameters.code)
      ? [{ parameters: step.parameters, text: step.parameters.code, at }]
      : [],
  );
  const free = [...before];
  const taken = new Map<(typeof steps)[number], string>();
  const take = (step: (typeof steps)[number], index: number) => {
    const [file] = index < 0 ? [] : free.splice(index, 1);
    if (file) taken.set(step, file.file);
  };
  for (const step of steps)
    take(
      step,
      free.findIndex(({ text }) => text === step.text),
    );
  for (const step of steps) if (!taken.has(step)) take(step, free.length > 0 ? 0 : -1);
  const used = new Set([...before.map(({ file }) => file), ...taken.values()]);
  const codeFiles = steps.map((step) => {
    const file = taken.get(step) ?? unused(name, used);
    used.add(file);
    (step.parameters as { code: unknown }).code = { file };
    return { path: step.at, file, text: step.text };
  });
  return { document, codeFiles };
}

function unused(name: string, used: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const file = `${codeFolder}/${name}-${number}.ts`;
    if (!used.has(file)) return file;
  }
}

function readInside(folder: string, file: string): { ok: true; text: string } | { ok: false; why: string } {
  try {
    const inside = realpathSync(folder);
    const real = realpathSync(path.resolve(inside, file));
    const way = path.relative(inside, real);
    if (path.isAbsolute(file) || way.startsWith("..") || path.isAbsolute(way)) {
      return { ok: false, why: `names ${file}, which is outside of the folder` };
    }
    if (!real.endsWith(".ts")) return { ok: false, why: `names ${file}, which is not a .ts file` };
    if (statSync(real).size > 4 * mostCharacters) return { ok: false, why: `names ${file}, which is too large` };
    return { ok: true, text: readFileSync(real, "utf8") };
  } catch (error) {
    return { ok: false, why: `names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})` };
  }
}

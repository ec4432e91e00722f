import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const repository = path.resolve(import.meta.dirname, "../..");
const ignored = /(^|[\\/])(node_modules|generated|dist|\.next|\.data|[^\\/]+\.test\.tsx?)$/;

/** A part that does not build; its message has the tool's own words. */
export class BuildError extends Error {}

/** Told one line when a step begins and one when it ends. */
export type StepReport = (line: string) => void;

export type BuildStep = {
  name: string;
  /** The repository's folder, for a test another one. */
  root?: string;
  /** Files and folders, relative to the root, whose content decides the result. Missing ones count as empty. */
  inputs: string[];
  /** Other things that decide the result: versions, flags. */
  salt?: string;
  /** Whether the outputs are there. */
  isComplete: () => boolean;
  run: () => Promise<void>;
};

type Stamp = { quick: string; content: string };

/**
 * Runs a step unless its outputs are there and were made from the same content. Sizes and times of the inputs are
 * compared first; contents are read only when one of these differs.
 * @returns whether it ran
 */
export async function buildStep(step: BuildStep, report: StepReport): Promise<boolean> {
  const root = step.root ?? repository;
  const file = path.join(root, ".data", "cache", `${step.name.replaceAll(" ", "-")}.json`);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Stamp) : undefined;
  const files = step.inputs.flatMap((input) => listFiles(path.join(root, input))).sort();
  const salt = `${step.salt ?? ""}\n${process.version}`;
  const quick = digest([salt, ...files.map((name) => `${name} ${statSync(name).size} ${statSync(name).mtimeMs}`)]);
  if (before?.quick === quick && step.isComplete()) return false;
  const content = digest([salt, ...files.flatMap((name) => [path.relative(root, name), readFileSync(name)])]);
  const stamp = JSON.stringify({ quick, content } satisfies Stamp);
  if (before?.content !== content || !step.isComplete()) {
    const since = performance.now();
    report(`Building ${step.name} …`);
    rmSync(file, { force: true }); // a build that is broken off leaves outputs that belong to no content
    await step.run().catch((error: Error) => {
      throw new BuildError(`Building ${step.name} failed:\n${error.message}`, { cause: error });
    });
    report(`Built ${step.name} in ${((performance.now() - since) / 1000).toFixed(1)} s`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, stamp);
    return true;
  }
  writeFileSync(file, stamp);
  return false;
}

function listFiles(place: string): string[] {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const inside = path.join(place, entry.name);
    if (ignored.test(inside)) return [];
    return entry.isDirectory() ? listFiles(inside) : [inside];
  });
}

function digest(parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

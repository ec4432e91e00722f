import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isDiskFull } from "../../journal/is-disk-full.ts";
import { usageError } from "../failure.ts";

/** Writes the file whole or not at all, and makes its folder. @throws CliError USAGE, or what the disk said when it is full */
export function writeText(file: string, text: string): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    if (isDiskFull(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(`${file} cannot be written (${code ?? "unknown reason"}).`, "Choose a folder that you may write to, with --folder.");
  }
}

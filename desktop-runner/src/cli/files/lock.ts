import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CliError } from "../failure.ts";
import { writeText } from "./write-text.ts";

export const lockName = "deskhand.lock.json";

const lockSchema = z.object({
  lockVersion: z.literal(1),
  projectId: z.uuid(),
  /** By the name of the file. */
  workflows: z.record(
    z.string(),
    z.object({
      id: z.uuid(),
      /** Content hash of the version that this file was last the same as; null while none is published. */
      version: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
    }),
  ),
});
/** Which workflow of which project each file is, and the version that it was last the same as. It belongs into the repository. */
export type Lock = z.infer<typeof lockSchema>;

/** Undefined where nothing was pulled or pushed yet. @throws CliError LOCK_UNREADABLE */
export function readLock(folder: string): Lock | undefined {
  const file = path.join(folder, lockName);
  if (!existsSync(file)) return undefined;
  try {
    return lockSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new CliError(
      "LOCK_UNREADABLE",
      2,
      `${file} cannot be read.`,
      "Bring it back from your repository. Without it, `deskhand pull` makes a new one in an empty folder.",
    );
  }
}

/** One workflow a line or three, in the order of their names, so that two people's changes seldom meet. */
export function writeLock(folder: string, lock: Lock): void {
  const workflows = Object.fromEntries(Object.entries(lock.workflows).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeText(path.join(folder, lockName), `${JSON.stringify({ ...lock, workflows }, null, 2)}\n`);
}

/** @throws CliError WRONG_PROJECT when the folder is of another project than the API key */
export function sameProject(lock: Lock | undefined, projectId: string): Lock {
  if (!lock) return { lockVersion: 1, projectId, workflows: {} };
  if (lock.projectId === projectId) return lock;
  throw new CliError(
    "WRONG_PROJECT",
    3,
    "These files are of another project than the API key.",
    "Use a key of the project that they were pulled from, or another folder for this one.",
    { details: { folder: lock.projectId, key: projectId } },
  );
}

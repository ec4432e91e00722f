import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, chmod, mkdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ArtifactType } from "@deskhand/shared/schemas/run";
import type { ArtifactEvent } from "../worker/messages.ts";
import { StepFailure } from "../workflow/step-failure.ts";

export type NewArtifact = { type: ArtifactType; name: string; file: string; contentType: string; step: number | null };

export type ArtifactStore = {
  /** Writes a file of the run. Throws a StepFailure RUNNER_DISK_FULL when there is no room, and then leaves nothing behind. */
  write(artifact: NewArtifact, content: Buffer | string): Promise<void>;
  /** Takes over a file that somebody else wrote to `pathOf(artifact.file)`; the answer is its SHA-256 in hexadecimal. Throws as `write`. */
  adopt(artifact: NewArtifact): Promise<string>;
  /** Appends to a file that `adopt` tells about later; counts towards the run's bytes. */
  append(file: string, text: string): Promise<void>;
  pathOf(file: string): string;
};

/** Files that a run leaves behind, mode 600, together at most `maxBytes`. */
export async function openArtifactStore(
  folder: string,
  maxBytes: number,
  announce: (event: ArtifactEvent) => void,
): Promise<ArtifactStore> {
  let used = 0;
  const folders = new Map<string, Promise<unknown>>();
  const pathOf = (file: string) => path.join(folder, file);
  const makeFolder = (file: string) => {
    const target = path.dirname(pathOf(file));
    let made = folders.get(target);
    if (!made) {
      made = mkdir(target, { recursive: true, mode: 0o700 });
      folders.set(target, made);
    }
    return made;
  };
  const reserve = (bytes: number) => {
    if (used + bytes > maxBytes) throw new StepFailure("RUNNER_DISK_FULL");
    used += bytes;
  };
  const tell = (artifact: NewArtifact, bytes: number, sha256: string) =>
    announce({ kind: "artifact", id: randomUUID(), ...artifact, bytes, sha256 });

  await makeFolder("x");
  return {
    pathOf,
    write: async (artifact, content) => {
      const bytes = Buffer.byteLength(content);
      reserve(bytes);
      await makeFolder(artifact.file);
      try {
        await writeFile(pathOf(artifact.file), content, { mode: 0o600 });
      } catch (error) {
        used -= bytes;
        await rm(pathOf(artifact.file), { force: true });
        throw asDiskFull(error);
      }
      tell(artifact, bytes, createHash("sha256").update(content).digest("hex"));
    },
    adopt: async (artifact) => {
      const { size } = await stat(pathOf(artifact.file));
      try {
        // a log's bytes were counted as it was written
        if (artifact.type !== "log") reserve(size);
        await chmod(pathOf(artifact.file), 0o600);
      } catch (error) {
        await rm(pathOf(artifact.file), { force: true });
        throw error;
      }
      const sha256 = await hashFile(pathOf(artifact.file));
      tell(artifact, size, sha256);
      return sha256;
    },
    append: async (file, text) => {
      reserve(Buffer.byteLength(text));
      try {
        await makeFolder(file);
        await appendFile(pathOf(file), text, { mode: 0o600 });
      } catch (error) {
        throw asDiskFull(error);
      }
    },
  };
}

export function asDiskFull(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOSPC" || code === "EDQUOT" ? new StepFailure("RUNNER_DISK_FULL") : error;
}

/** A name that a page chose, made fit for a file: no folders, no control characters, at most 100 characters. */
export function safeFileName(name: string): string {
  const base = name
    .replace(/[^\p{L}\p{N}._ -]/gu, "_")
    .replace(/^[. _]+|[. ]+$/g, "")
    .slice(-100);
  return base || "file";
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

import { readdir, stat, statfs } from "node:fs/promises";
import path from "node:path";
import type { PageParts } from "./page-parts.ts";
import type { PageDisk } from "./view.ts";

/** A look at all files costs: within this time the last one answers, milliseconds. */
const keptMs = 5_000;

let last: { folder: string; at: number; disk: Promise<PageDisk> } | undefined;

/** What the runner's folder takes of the disk, by what it is for. */
export function viewDisk(parts: PageParts, now = performance.now()): Promise<PageDisk> {
  const { folder } = parts.home;
  if (last?.folder !== folder || now - last.at > keptMs) last = { folder, at: now, disk: measure(parts) };
  return last.disk;
}

async function measure({ home, artifactsMaxBytes, artifactsMaxAgeMs }: PageParts): Promise<PageDisk> {
  const { folder, profilesFolder, artifactsFolder, journalFile, logFile, previousLogFile, reserveFile, windowFolder } = home;
  const journal = [journalFile, `${journalFile}-wal`, `${journalFile}-shm`, reserveFile];
  const [profiles, artifacts, journalBytes, log, window, { bavail, bsize }] = await Promise.all([
    bytesIn(profilesFolder),
    bytesIn(artifactsFolder),
    bytesOf(journal),
    bytesOf([logFile, previousLogFile]),
    bytesIn(windowFolder),
    statfs(folder),
  ]);
  return {
    places: [
      { name: "Profiles", bytes: profiles },
      { name: "Artifacts of runs", bytes: artifacts },
      { name: "Journal", bytes: journalBytes },
      { name: "Log", bytes: log },
      { name: "This window", bytes: window },
    ],
    artifactsBytes: artifacts,
    artifactsMaxBytes,
    artifactsMaxAgeMs: artifactsMaxAgeMs ?? null,
    freeBytes: bavail * bsize,
  };
}

/** What cannot be read any more takes nothing. */
async function bytesOf(files: string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let total = await bytesOf(entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name)));
  // one after the other: the page waits, runs do not
  for (const entry of entries) if (entry.isDirectory()) total += await bytesIn(path.join(folder, entry.name));
  return total;
}

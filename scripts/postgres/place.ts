import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { type Identity, reachableRoot } from "./binaries.ts";

/**
 * The folder the cluster really lives in: `wanted`, or, when `who` may not pass through its parents (a clone below /root,
 * which is 0700), one below /var/lib/deskhand. Which one is written beside `wanted`, so that removing the data folder gives
 * an empty database here too.
 */
export async function reachablePlace(wanted: string, who: Identity, say: (line: string) => void): Promise<string> {
  const parent = path.dirname(wanted);
  // without a mode: `recursive` would give it to every parent it makes, and 0700 closes them to the dropped user
  await mkdir(parent, { recursive: true });
  if (who.uid === undefined || canPass(parent, who)) return wanted;
  const note = `${wanted}.place`;
  if (!existsSync(note)) {
    const place = path.join(reachableRoot, randomBytes(6).toString("hex"), path.basename(wanted));
    say(`PostgreSQL does not run as root, and the user it runs as cannot enter ${parent}: the database is kept in ${place}`);
    writeFileSync(note, place);
  }
  const place = readFileSync(note, "utf8");
  await mkdir(path.dirname(place), { recursive: true });
  return place;
}

function canPass(folder: string, who: Identity): boolean {
  return spawnSync("/bin/sh", ["-c", 'cd "$0"', folder], { ...who, cwd: "/" }).status === 0;
}

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { RunnerHome } from "../../identity/home.ts";

const restoring = (home: RunnerHome) => path.join(home.backupFolder, "restoring");
const replaced = (home: RunnerHome) => path.join(home.backupFolder, "replaced");

/** An empty folder beside a profile's, to be filled and then put in its place. */
export function beginReplacing(home: RunnerHome, profileId: string): string {
  const folder = path.join(restoring(home), profileId);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Puts what was filled in the profile's place. At every moment one whole folder of it is there, or aside and found again. */
export function replaceFolder(home: RunnerHome, profileId: string): void {
  const place = path.join(home.profilesFolder, profileId);
  const aside = path.join(replaced(home), profileId);
  mkdirSync(home.profilesFolder, { recursive: true, mode: 0o700 });
  mkdirSync(replaced(home), { recursive: true, mode: 0o700 });
  rmSync(aside, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, aside);
  renameSync(path.join(restoring(home), profileId), place);
  rmSync(aside, { recursive: true, force: true });
}

/** What a process that was killed left behind: a profile that was put aside and not replaced goes back. */
export function finishReplacing(home: RunnerHome): void {
  for (const profileId of existsSync(replaced(home)) ? readdirSync(replaced(home)) : []) {
    const place = path.join(home.profilesFolder, profileId);
    if (!existsSync(place)) renameSync(path.join(replaced(home), profileId), place);
  }
  rmSync(replaced(home), { recursive: true, force: true });
  rmSync(restoring(home), { recursive: true, force: true });
}

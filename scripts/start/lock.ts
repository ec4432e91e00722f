import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isAlive } from "../process/alive.ts";
import { StartError } from "./say.ts";

/**
 * One start for one data folder. A lock whose owner is gone is taken over.
 * @returns what gives it back
 * @throws StartError while another start holds it
 */
export function lockDataFolder(dataDir: string): () => void {
  const file = path.join(dataDir, "start.lock");
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(readFileSync(file, "utf8"));
      if (isAlive(owner) && isStart(owner)) {
        throw new StartError(
          `Deskhand already runs on ${dataDir} (process ${owner}). Stop it first, or set DESKHAND_DATA_DIR and PORT for a second one.`,
        );
      }
      rmSync(file, { force: true });
    }
  }
}

/** Numbers of processes are used again: is it one of ours? */
function isStart(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("start/main.ts");
  } catch {
    return true; // no /proc here
  }
}

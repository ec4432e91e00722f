import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const prefix = "deskhand-worker-";

/**
 * A folder for all that this process and its browsers write besides profiles and artifacts; also what they think of as temporary goes
 * there. Gone with the process; what one leaves that was killed is removed by its parent, or by the next.
 */
export function makeScratch(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
  for (const name of scratchFolders()) {
    const pid = Number(name.slice(prefix.length).split("-")[0]);
    if (pid !== process.pid && !isAlive(pid))
      void rm(path.join(os.tmpdir(), name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
  process.env.TMPDIR = folder;
  process.on("exit", () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // a browser is still writing: it is removed by whoever comes next
    }
  });
  return folder;
}

/** Removes what a worker that was killed has left. Its browsers end by themselves and may write until then. */
export async function removeScratchOf(pid: number): Promise<void> {
  for (const name of scratchFolders().filter((each) => each.startsWith(`${prefix}${pid}-`))) {
    await rm(path.join(os.tmpdir(), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

function scratchFolders(): string[] {
  return readdirSync(os.tmpdir()).filter((name) => name.startsWith(prefix));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

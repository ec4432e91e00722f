import { readdirSync, readFileSync } from "node:fs";

const pageBytes = 4096;

/**
 * Memory that the descendants of this process have for themselves, bytes: what they would give back by ending, so without the program's
 * own pages that they share. Undefined where /proc does not tell it.
 */
export function memoryOfDescendants(): number | undefined {
  try {
    const parents = new Map<number, number>();
    for (const name of readdirSync("/proc")) {
      if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(name));
    }
    let bytes = 0;
    for (const pid of parents.keys()) if (descends(pid, parents)) bytes += ownMemory(pid);
    return bytes;
  } catch {
    return undefined;
  }
}

function descends(pid: number, parents: ReadonlyMap<number, number>): boolean {
  let parent = parents.get(pid);
  // no chain is that long; it is the stop should numbers be used again while we look
  for (let generation = 0; parent !== undefined && generation < 20; generation++) {
    if (parent === process.pid) return true;
    parent = parents.get(parent);
  }
  return false;
}

/** 0 for a process that ended meanwhile. */
function parentOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return 0;
  }
}

function ownMemory(pid: number): number {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ").map(Number);
    return Math.max(0, (resident ?? 0) - (shared ?? 0)) * pageBytes;
  } catch {
    return 0;
  }
}

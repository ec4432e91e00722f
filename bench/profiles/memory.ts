import { readdirSync, readFileSync } from "node:fs";

/** The processes that descend from `pid`, and it; with what they were started with (Linux). */
export function treeOf(pid: number): { pid: number; commandLine: string }[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(read(name, "stat").split(") ").at(-1)?.split(" ")[1]));
  }
  const found = [pid];
  for (let next = 0; next < found.length; next++) {
    for (const [child, parent] of parents) if (parent === found[next]) found.push(child);
  }
  return found.map((each) => ({ pid: each, commandLine: read(each, "cmdline").replaceAll("\0", " ") }));
}

/** Proportional memory: each shared page counts for its part. Megabytes. */
export function proportionalMemory(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(pid, "smaps_rollup"))?.[1] ?? 0));
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** The most memory that it sees a tree take, looking again each `everyMs`. @returns megabytes of the tree, and of the part of it that `isPart` picks */
export function watchMemory(pid: number, everyMs: number, isPart: (commandLine: string) => boolean) {
  const most = { tree: 0, part: 0 };
  const look = () => {
    const tree = treeOf(pid);
    const first = tree.find(({ commandLine }) => isPart(commandLine));
    const part = first ? treeOf(first.pid).map((each) => each.pid) : [];
    const inPart = new Set(part);
    const partMemory = proportionalMemory(part);
    const rest = proportionalMemory(tree.map((each) => each.pid).filter((each) => !inPart.has(each)));
    most.part = Math.max(most.part, partMemory);
    most.tree = Math.max(most.tree, partMemory + rest);
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    look();
    return { tree: Math.round(most.tree), part: Math.round(most.part) };
  };
}

function read(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

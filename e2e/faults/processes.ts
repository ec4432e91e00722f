import { readdirSync, readFileSync } from "node:fs";
import { isAlive } from "../../scripts/process/alive.ts";

export type Part = "start" | "watchdog" | "database" | "server" | "runner" | "worker" | "browser";
export type Found = { pid: number; part: Part };

type Entry = { pid: number; parent: number; command: string; belongs: boolean };

const parts: [Part, RegExp][] = [
  ["start", /start\/main\.ts/],
  ["watchdog", /watchdog\.mjs/],
  ["database", /(^|\/)postgres\b/],
  ["server", /dist\/server\/main\.mjs/],
  ["worker", /worker\.mjs/],
  ["runner", /deskhand\.mjs/],
  ["browser", /chrom|headless_shell|msedge/i],
];

/**
 * All processes of the product in `dir`: those that have the folder in their command or environment, and whatever descends from
 * them (a browser rewrites both). Linux only.
 */
export function processesOf(dir: string): Found[] {
  const entries = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => read(Number(name), dir) ?? []);
  const found = new Set(entries.filter(({ belongs }) => belongs).map(({ pid }) => pid));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of entries) if (found.has(parent)) found.add(pid);
  }
  return entries
    .filter(({ pid }) => found.has(pid))
    .flatMap(({ pid, command }) =>
      parts
        .filter(([, pattern]) => pattern.test(command))
        .map(([part]) => ({ pid, part }))
        .slice(0, 1),
    );
}

/** The process ids of one part; a browser and the database have several. */
export function pidsOf(dir: string, part: Part): number[] {
  return processesOf(dir).flatMap((found) => (found.part === part ? [found.pid] : []));
}

/** Of these, the ones that still run. */
export function leftOf(found: Found[]): Found[] {
  return found.filter(({ pid }) => isAlive(pid));
}

export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // it is gone
    }
  }
}

function read(pid: number, dir: string): Entry | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
    const parent = Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
    return { pid, parent, command, belongs: command.includes(dir) || environment.includes(dir) };
  } catch {
    return undefined; // it is gone, or not ours
  }
}

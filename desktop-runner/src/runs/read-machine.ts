import { readFileSync } from "node:fs";
import os from "node:os";

/** What a computer, or the container in it, has and what of it is in use. */
export type MachineReading = {
  /** Cores that may be used; a part of one too. */
  cores: number;
  /** Cores that were busy since the reading before, whoever used them; undefined at the first reading. */
  busyCores: number | undefined;
  /** Memory that can be had without swapping, bytes. */
  availableBytes: number;
  totalBytes: number;
};

type Ticks = { busyMs: number; atMs: number };

/** Reads the machine again and again; each reading knows the one before. In a container its own limits count (Linux, cgroup 2). */
export function machineReader(): () => MachineReading {
  let before: Ticks | undefined;
  return () => {
    const quota = cpuQuota();
    const busyMs = quota === undefined ? busyOfAll() : cpuUsedByGroup();
    const now = { busyMs, atMs: performance.now() };
    const busyCores = before && now.atMs > before.atMs ? (now.busyMs - before.busyMs) / (now.atMs - before.atMs) : undefined;
    before = now;
    const totalBytes = process.constrainedMemory() || os.totalmem();
    return { cores: quota ?? os.availableParallelism(), busyCores, availableBytes: availableMemory(), totalBytes };
  };
}

function availableMemory(): number {
  const available = process.availableMemory();
  // macOS counts as free only what nobody used yet: what it would take back from caches is a quarter at least
  return process.platform === "darwin" ? Math.max(available, os.totalmem() / 4) : available;
}

/** Of every core together since the start of the computer, milliseconds. */
function busyOfAll(): number {
  let busy = 0;
  for (const { times } of os.cpus()) busy += times.user + times.nice + times.sys + times.irq;
  return busy;
}

/** Cores that this container may use; undefined when nothing limits it. */
function cpuQuota(): number | undefined {
  const [quota, period] = read("/sys/fs/cgroup/cpu.max").trim().split(" ").map(Number);
  return quota && period && Number.isFinite(quota) ? Math.min(quota / period, os.availableParallelism()) : undefined;
}

function cpuUsedByGroup(): number {
  return Number(/^usage_usec (\d+)$/m.exec(read("/sys/fs/cgroup/cpu.stat"))?.[1] ?? 0) / 1000;
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

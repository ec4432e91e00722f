import type { Program } from "./programs.ts";

/** Runners that one process plays: more would be late with their answers. */
const PER_PROCESS = 2_500;

export type Crowd = { publicKeys: string[]; processes: Program[] };
export type Look = { connected: number; finished: number; refusals: Record<string, number> };
type Opening = { url: string; bare: boolean; runnerIds: string[]; from: number; to: number; perSecond: number };

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Many runners in a few processes, each with a device key; none is connected yet. */
export async function gatherCrowd(start: (name: string) => Program, count: number): Promise<Crowd> {
  const processes = Array.from({ length: Math.ceil(count / PER_PROCESS) }, () => start("runners-process"));
  const keys = await Promise.all(
    processes.map((each, n) => each.ask<string[]>("makeKeys", { count: Math.min(PER_PROCESS, count - n * PER_PROCESS) })),
  );
  return { publicKeys: keys.flat(), processes };
}

/** Connects those from one number to another, so many in a second, and waits until all are in. */
export async function connectCrowd(crowd: Crowd, { runnerIds, from, to, perSecond, ...opening }: Opening): Promise<void> {
  const parts = crowd.processes.flatMap((each, n) => {
    const [first, last] = [Math.max(from, n * PER_PROCESS), Math.min(to, (n + 1) * PER_PROCESS)];
    return first < last ? [{ each, first, key: first - n * PER_PROCESS, runnerIds: runnerIds.slice(first, last) }] : [];
  });
  await Promise.all(
    parts.map(({ each, ...part }) => each.ask("open", { ...opening, ...part, perSecond: Math.ceil(perSecond / parts.length) })),
  );
  const { isSo, connected, refusals } = await until(crowd, (look) => look.connected >= to, 120_000);
  if (!isSo) throw new Error(`only ${connected} of ${to} runners could connect; refused: ${JSON.stringify(refusals)}`);
}

/** Looks until it is so. @returns what it was then, or when the time was over */
export async function until(crowd: Crowd, isSo: (look: Look) => boolean, timeoutMs: number): Promise<Look & { isSo: boolean }> {
  for (const end = performance.now() + timeoutMs; ; await pause(100)) {
    const looks = await Promise.all(crowd.processes.map((each) => each.ask<Look>("look")));
    const sum = (of: "connected" | "finished") => looks.reduce((total, look) => total + look[of], 0);
    const look = { connected: sum("connected"), finished: sum("finished"), refusals: looks.map((each) => each.refusals).reduce(added, {}) };
    if (isSo(look) || performance.now() > end) return { ...look, isSo: isSo(look) };
  }
}

function added(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  return Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((code) => [code, (a[code] ?? 0) + (b[code] ?? 0)]));
}

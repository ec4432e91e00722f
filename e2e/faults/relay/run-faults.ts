import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startTestRedis } from "@/server/testing/redis";
import { buildPrograms } from "./build.ts";
import { Source } from "./commands.ts";
import { startFaultyDatabase } from "./database.ts";
import { Fleet, type FleetFigures, readLines } from "./fleet.ts";
import { createRandom } from "./random.ts";
import { judge, type Verdict } from "./verdict.ts";

export type FaultRun = {
  seed: number;
  commands: number;
  /** Goes on queueing for at least so long. */
  minutes?: number;
  servers?: number;
  runners?: number;
  /** Told now and then how far it is. */
  say?: (line: string) => void;
};

export type FaultReport = Verdict & FleetFigures & { seed: number; seconds: number; defects: string[] };

/** Runs at once in a runner: an interruption by a kill can touch twice as many, those that are closing too. */
const concurrency = 12;
/** When for so long nothing ended, something hangs, milliseconds. */
const stallMs = 100_000;

/** Queues commands while everything between a click and its effect fails, lets it come to rest, and compares. */
export async function runFaults({ seed, commands, minutes = 0, servers = 2, runners = 2, say = () => {} }: FaultRun): Promise<FaultReport> {
  const since = performance.now();
  const random = createRandom(seed);
  const defects: string[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), "deskhand-faults-"));
  const [programs, database, redis] = await Promise.all([buildPrograms(), startFaultyDatabase(), startTestRedis()]);
  const onDefect = (words: string) => defects.length < 20 && defects.push(words);
  const fleet = new Fleet({ random: random.fork("fleet"), programs, folder, database, redis, servers, concurrency, onDefect });
  const source = new Source(database.url, random.fork("source"));
  try {
    for (let lane = 0; lane < runners; lane += 1) fleet.startRunner((await source.addLane(await fleet.openProxy(), 24)).home.folder);
    fleet.startServers();
    const progress = watchProgress(source, defects, say);
    const until = since + minutes * 60_000;
    while ((source.wanted.length < commands || performance.now() < until) && defects.length === 0) {
      const left = performance.now() < until ? Number.POSITIVE_INFINITY : commands - source.wanted.length;
      if ((await progress()) < 120 * runners) await source.queue(left);
      else await pause(100);
      await source.cancelSome();
    }
    // the last ones are to have their faults too
    while ((await progress()) > commands * 0.02 && defects.length === 0) await pause(200);
    await fleet.calm();
    say("calm");
    while ((await progress()) + fleet.undelivered() > 0 && defects.length === 0) await pause(100);
    await fleet.stop();
    const verdict = await judge(source, readLines(fleet.effectsFile));
    return { ...verdict, ...fleet.figures(), seed, seconds: Math.round((performance.now() - since) / 1000), defects };
  } finally {
    await fleet.stop();
    await source.close();
    await Promise.all([database.remove(), redis.remove()]);
    rmSync(folder, { recursive: true, force: true });
    rmSync(programs, { recursive: true, force: true });
  }
}

/** How many are not over; adds a defect when that did not change for long. */
function watchProgress(source: Source, defects: string[], say: (line: string) => void): () => Promise<number> {
  let over = -1;
  let changedAt = performance.now();
  let saidAt = performance.now();
  return async () => {
    const unfinished = await source.unfinished();
    const now = performance.now();
    if (source.wanted.length - unfinished !== over) changedAt = now;
    over = source.wanted.length - unfinished;
    if (now - saidAt > 10_000) {
      say(`${source.wanted.length} queued, ${over} over`);
      saidAt = now;
    }
    if (now - changedAt > stallMs) defects.push(`nothing ended for ${stallMs / 1000} s; ${unfinished} are not over`);
    return unfinished;
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** More than so many interruptions were not made by kills alone. */
export function mostInterruptions({ runnerKills, points }: FaultReport): number {
  const workerKills = Object.entries(points).reduce(
    (sum, [name, times]) => (/^(is given|is about to act|has).*: kill$/.test(name) ? sum + times : sum),
    0,
  );
  return (runnerKills + workerKills) * 2 * concurrency;
}

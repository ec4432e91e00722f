import { expect, test } from "vitest";
import { type FaultReport, mostInterruptions, runFaults } from "./run-faults.ts";

/** `npm run test:faults` sets these; without them a short run is made, in which each process fails a few times. */
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const commands = Number(process.env.FAULTS_COMMANDS ?? 250);
const minutes = Number(process.env.FAULTS_MINUTES ?? 0);
const isLong = process.env.FAULTS_COMMANDS !== undefined;
const say = (line: string) => void process.stdout.write(`${line}\n`);

test(`${commands} commands have their effect once each and an end each, whatever fails (seed ${seed})`, {
  timeout: isLong ? 6 * 60 * 60_000 : 5 * 60_000,
}, async () => {
  say(`faults: seed ${seed}; the same decisions again: npm run test:faults -- --seed ${seed} --commands ${commands}`);
  const report = await runFaults({ seed, commands, minutes, runners: commands < 1_000 ? 2 : 4, ...(isLong ? { say } : {}) });
  tell(report);
  expect(report).toMatchObject({ defects: [], wrongs: [], lost: 0, doubled: 0 });
  expect(report.interrupted).toBeLessThanOrEqual(mostInterruptions(report));
});

function tell({ points, network, problems, ends, wrongs, defects, ...figures }: FaultReport) {
  const faults = Object.values(points).reduce((sum, times) => sum + times, 0);
  say(JSON.stringify({ ...figures, faultsAtPoints: faults, pointsHit: Object.keys(points).length, ends, network }));
  if (isLong) say(JSON.stringify({ points, problems }, null, 1));
  for (const words of [...defects, ...wrongs]) say(words);
}

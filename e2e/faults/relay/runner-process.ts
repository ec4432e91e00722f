// The real runner (connection, journal, run manager) with a worker that leaves a mark instead of driving a browser. Its parent tells
// it which fault to make next.
import path from "node:path";
import { Socket } from "socket.io-client";
import { runnerHome } from "../../../desktop-runner/src/identity/home.ts";
import { Journal } from "../../../desktop-runner/src/journal/journal.ts";
import { startRunner } from "../../../desktop-runner/src/main.ts";
import { FaultSwitch, settingsVariable } from "./fault-switch.ts";
import { hookPackets } from "./packets.ts";
import type { Fault } from "./points.ts";
import { createRandom } from "./random.ts";

export type RunnerSettings = {
  hitsFile: string;
  effectsFile: string;
  seed: number;
  isCalm: boolean;
  fault?: Fault;
  workerFault?: Fault;
  concurrency: number;
};

const settings = JSON.parse(process.env[settingsVariable] ?? "") as RunnerSettings;
const random = createRandom(settings.seed);
// how long it waits before it connects again is drawn here; a few seconds at most, where the product waits up to a minute
const jitter = random.fork("jitter");
Math.random = () => jitter.next() * 0.05;
const open = new Set<{ io: { engine?: { transport?: { ws?: { terminate(): void } } } } }>();
const faults = new FaultSwitch({
  ...settings,
  fault: settings.fault,
  cut: () => {
    for (const socket of open) socket.io.engine?.transport?.ws?.terminate();
  },
});
const reach = (at: string) => faults.reach(at);
const trace = (words: string) => process.env.FAULTS_TRACE && process.stderr.write(`${Date.now() % 1_000_000} ${process.pid} ${words}\n`);

hookPackets(Socket.prototype, "onpacket", { reach, random, isCalm: settings.isCalm });
const { onconnect } = Socket.prototype as unknown as { onconnect(...args: unknown[]): void };
(Socket.prototype as unknown as { onconnect: typeof onconnect }).onconnect = function (this: Socket, ...args) {
  open.add(this as never);
  this.once("disconnect", () => open.delete(this as never));
  return onconnect.apply(this, args);
};

const journal = Journal.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of ["accept", "markRunning", "append", "acknowledge", "finish", "markDelivered", "endRun", "recover"]) {
  const write = journal[name];
  if (!write) throw new Error(`the journal has no ${name}`);
  journal[name] = function (...args) {
    reach(`${name} before the journal has it`);
    const result = write.apply(this, args);
    reach(`${name} after the journal has it`);
    return result;
  };
}

const runner = startRunner({
  home: runnerHome(),
  workerFile: path.join(import.meta.dirname, "effect-worker.mjs"),
  concurrency: settings.concurrency,
  cancelGraceMs: 2_000,
  onStatus: (status) => trace(JSON.stringify(status)),
  onProblem: (what, error) => process.send?.({ problem: `${what}: ${error}` }),
});
process.send?.({ started: true });
process.on("message", (message: { stop?: boolean }) => {
  if (message.stop) void runner.stop();
});
process.on("disconnect", () => process.exit(0));
void runner.ended.then((status) => {
  process.send?.({ ended: status }, () => process.exit(0));
});

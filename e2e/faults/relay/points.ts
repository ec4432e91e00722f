/**
 * Every named point of the way of a command, in the order in which it passes them. At each the process that reaches it can be killed
 * (`kill -9`), or have all its connections cut, so that what it has just done is not answered.
 *
 * No product code knows these names. Each process of the suite puts its own hooks around what exists: the server's transactions are
 * named after the use case that began them, the journal's after its methods, and messages after what is on the wire.
 */
export type Point = { side: "server" | "runner" | "worker"; at: string; means: string };

const server = (at: string, means: string): Point => ({ side: "server", at, means });
const runner = (at: string, means: string): Point => ({ side: "runner", at, means });
const worker = (at: string, means: string): Point => ({ side: "worker", at, means });

export const points: readonly Point[] = [
  server("connectRunner before its commit", "the runner has proven its key; the join is not stored"),
  server("connectRunner after its commit", "the join is stored, the welcome is not sent"),
  server("sends welcome", "the welcome is with the kernel"),
  runner("is about to answer challenge", "the next join is on the disk, the proof is not sent"),
  runner("hears welcome", "the welcome has come, the join is not confirmed on the disk"),

  // a command that is queued and whose hint is lost has no process to kill: each server of the suite is deaf to some of its hints
  server("leaseCommands before its commit", "queued, the hint was heard, no lease is stored"),
  server("leaseCommands after its commit", "leased, not sent"),
  server("is about to send command", "leased, the first of several is not sent"),
  server("sends command", "sent; the runner may not have it"),
  runner("hears command", "sent, not journaled"),
  runner("accept before the journal has it", "sent, not journaled"),
  runner("accept after the journal has it", "journaled, not answered"),
  runner("is about to answer command", "journaled, not answered"),
  runner("answers command", "journaled, the answer is with the kernel"),
  server("hears the answer to command", "the acceptance has come and is not stored"),
  server("acceptCommand before its commit", "the acceptance is not stored"),
  server("acceptCommand after its commit", "accepted, and nobody was told"),

  runner("markRunning before the journal has it", "accepted, not begun"),
  runner("markRunning after the journal has it", "begun in the journal, not given to the worker"),
  worker("is given a run", "the worker has it and has told nothing"),
  worker("is about to act", "told as started, the effect is not done"),
  worker("has acted", "the effect is done and told to nobody"),
  worker("has told", "the end is told to the runner"),

  runner("append before the journal has it", "something happened and is not journaled"),
  runner("append after the journal has it", "journaled, not sent"),
  runner("is about to send run-events", "journaled, not sent"),
  runner("sends run-events", "sent, not answered"),
  server("hears run-events", "come, not applied"),
  server("applyRunEvents before its commit", "not stored"),
  server("applyRunEvents after its commit", "stored, not answered"),
  server("is about to answer run-events", "stored, not answered"),
  server("answers run-events", "stored, the answer is with the kernel"),
  runner("hears the answer to run-events", "the server has them, the journal does not know"),
  runner("acknowledge before the journal has it", "the server has them, the journal does not know"),
  runner("acknowledge after the journal has it", "both know"),

  runner("finish before the journal has it", "a profile's folder is gone and its command is not over"),
  runner("finish after the journal has it", "over, not sent"),
  runner("sends command-finished", "over, not answered"),
  server("hears command-finished", "come, not stored"),
  server("finishCommand before its commit", "not stored"),
  server("finishCommand after its commit", "stored, not answered"),
  runner("hears the answer to command-finished", "the server has it, the journal does not know"),
  runner("markDelivered after the journal has it", "both know"),

  runner("sends heartbeat", "the leases are named"),
  server("hears heartbeat", "come, no lease is extended"),
  server("extendLeases before its commit", "no lease is extended"),
  server("extendLeases after its commit", "extended, not answered"),
  runner("hears the answer to heartbeat", "extended; what it cancels is not cancelled"),

  server("sends cancel", "the runner may not have the cancel"),
  runner("hears cancel", "come, nothing is stopped"),
  runner("endRun before the journal has it", "stopped from outside, its end is not journaled"),
  runner("endRun after the journal has it", "its end is journaled, not sent"),
  runner("recover before the journal has it", "started again, what was under way has no end yet"),
  runner("recover after the journal has it", "started again, what was under way has its end"),
  server("sweepCommands before its commit", "given up, not stored"),
  server("sweepCommands after its commit", "given up"),
  server("disconnectRunner after its commit", "the connection's end is stored"),
];

/** What can be done at a point. The worker's neighbour is its runner: both are killed in turn. */
export const actions = { server: ["kill", "cut"], runner: ["kill", "cut"], worker: ["kill", "kill-runner"] } as const;
export type Action = (typeof actions)[Point["side"]][number];

/** One fault that a process is to make by itself: at the `nth` time that it reaches the point. */
export type Fault = { id: number; at: string; action: Action; nth: number };

/** Each point with each thing that can be done there. */
export function everyFault(side: Point["side"]): { at: string; action: Action }[] {
  return points.filter((point) => point.side === side).flatMap(({ at }) => actions[side].map((action) => ({ at, action })));
}

/** These come first in every run, in this order; then all of them in an order that the seed decides. */
export const always: Record<Point["side"], readonly { at: string; action: Action }[]> = {
  server: [
    { at: "leaseCommands after its commit", action: "kill" },
    { at: "applyRunEvents after its commit", action: "cut" },
    { at: "hears the answer to command", action: "kill" },
    { at: "acceptCommand after its commit", action: "cut" },
    { at: "connectRunner after its commit", action: "kill" },
  ],
  runner: [
    { at: "accept after the journal has it", action: "kill" },
    { at: "append after the journal has it", action: "kill" },
    { at: "acknowledge before the journal has it", action: "cut" },
    { at: "markRunning after the journal has it", action: "kill" },
    { at: "hears welcome", action: "kill" },
  ],
  worker: [
    { at: "has acted", action: "kill-runner" },
    { at: "is about to act", action: "kill" },
  ],
};

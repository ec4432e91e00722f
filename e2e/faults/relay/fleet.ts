import { readFileSync } from "node:fs";
import path from "node:path";
import type { TestRedis } from "@/server/testing/redis";
import { Journal } from "../../../desktop-runner/src/journal/journal.ts";
import type { FaultyDatabase } from "./database.ts";
import { always, everyFault, type Fault, type Point } from "./points.ts";
import { type NetworkProxy, networkFaults, startProxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import type { RunnerSettings } from "./runner-process.ts";
import type { ServerSettings } from "./server-process.ts";
import { Supervised } from "./supervised.ts";

export type FleetOptions = {
  random: Random;
  programs: string;
  /** For what the processes leave behind: the faults that were made, and the effects. */
  folder: string;
  database: FaultyDatabase;
  redis: TestRedis;
  servers: number;
  concurrency: number;
  onDefect(words: string): void;
};

type Tally = Record<string, number>;
export type FleetFigures = {
  serverKills: number;
  runnerKills: number;
  databaseRestarts: number;
  redisRestarts: number;
  points: Tally;
  network: Tally;
  problems: Tally;
};

/** Between two faults that one process is told, and between two restarts of the database, milliseconds. */
const betweenFaults = [2_000, 6_000] as const;
const betweenRestarts = [4_000, 8_000] as const;

/** The servers, the runners, the network between them, the database and Redis, all of which fail until they are told to be calm. */
export class Fleet {
  readonly hitsFile: string;
  readonly effectsFile: string;
  databaseRestarts = 0;
  redisRestarts = 0;
  readonly #options: FleetOptions;
  readonly #random: Random;
  readonly #servers: Supervised[] = [];
  readonly #runners: Supervised[] = [];
  readonly #proxies: NetworkProxy[] = [];
  /** Dealt from the end. */
  readonly #decks: Record<Point["side"], Pick<Fault, "at" | "action">[]> = {
    server: always.server.toReversed(),
    runner: always.runner.toReversed(),
    worker: always.worker.toReversed(),
  };
  readonly #homes: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #restarting: Promise<void> | undefined;
  #isCalm = false;
  #told = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#random = options.random;
    this.hitsFile = path.join(options.folder, "hits");
    this.effectsFile = path.join(options.folder, "effects");
  }

  startServers(): void {
    const { random, programs, database, redis, servers, onDefect } = this.#options;
    for (let number = 1; number <= servers; number += 1) {
      const own = random.fork(`server ${number}`);
      const settings = (generation: number): ServerSettings => {
        const seed = own.fork(String(generation)).between(0, 2 ** 31);
        return {
          databaseUrl: database.url,
          redisUrl: redis.url,
          hitsFile: this.hitsFile,
          seed,
          isCalm: this.#isCalm,
          ...this.#fault("server"),
        };
      };
      const program = path.join(programs, "server-process.mjs");
      const server = new Supervised({ name: `server ${number}`, program, settings, restMs: () => own.between(0, 300), onDefect });
      this.#servers.push(server);
      this.#keepArming(server, "server");
    }
    // one at a time: both are away now and then all the same, because servers come back to each at their own pace
    const restart = (act: () => Promise<void>) => {
      this.#restarting ??= act().finally(() => {
        this.#restarting = undefined;
      });
    };
    this.#every(betweenRestarts, () => restart(() => this.#restartDatabase()));
    this.#every(betweenRestarts, () => restart(() => this.#restartRedis()));
  }

  /** A way to the servers for one more runner, which is paired to its address. */
  async openProxy(): Promise<string> {
    const ports = () => this.#servers.flatMap(({ port }) => (port === undefined ? [] : [port]));
    const proxy = await startProxy(this.#random.fork(`network ${this.#proxies.length}`), ports);
    this.#proxies.push(proxy);
    return `http://127.0.0.1:${proxy.port}`;
  }

  startRunner(home: string): void {
    const { random, programs, concurrency, onDefect } = this.#options;
    this.#homes.push(home);
    const number = this.#runners.length + 1;
    const own = random.fork(`runner ${number}`);
    const settings = (generation: number): RunnerSettings => ({
      hitsFile: this.hitsFile,
      effectsFile: this.effectsFile,
      seed: own.fork(String(generation)).between(0, 2 ** 31),
      isCalm: this.#isCalm,
      concurrency,
      ...this.#fault("runner"),
      ...(own.chance(0.5) ? { workerFault: this.#fault("worker").fault } : {}),
    });
    const program = path.join(programs, "runner-process.mjs");
    const env = { DESKHAND_HOME: home };
    const runner = new Supervised({ name: `runner ${number}`, program, env, settings, restMs: () => own.between(0, 300), onDefect });
    this.#runners.push(runner);
    this.#keepArming(runner, "runner");
  }

  /** From now on nothing is made to fail. What was told to a process and has not come yet is taken back by starting it anew. */
  async calm(): Promise<void> {
    this.#isCalm = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#restarting;
    for (const process of [...this.#servers, ...this.#runners]) process.kill();
    for (const proxy of this.#proxies) proxy.calm();
  }

  /** How much the runners' journals still hold that the server has not. */
  undelivered(): number {
    return this.#homes.reduce((sum, home) => sum + heldIn(home), 0);
  }

  /** Has the runners say goodbye and ends everything. */
  async stop(): Promise<void> {
    this.#isCalm = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#restarting;
    await Promise.all(this.#runners.map((runner) => runner.stop("ask")));
    await Promise.all(this.#servers.map((server) => server.stop("kill")));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  figures(): FleetFigures {
    const points: Tally = {};
    for (const { at, action } of hitsIn(this.hitsFile)) points[`${at}: ${action}`] = (points[`${at}: ${action}`] ?? 0) + 1;
    const network: Tally = {};
    for (const name of networkFaults) network[name] = this.#proxies.reduce((sum, { counts }) => sum + counts[name], 0);
    const problems: Tally = {};
    for (const { problems: told } of this.#runners) for (const [words, times] of told) problems[words] = (problems[words] ?? 0) + times;
    const kills = (all: Supervised[]) => all.reduce((sum, process) => sum + process.kills, 0);
    const { databaseRestarts, redisRestarts } = this;
    return {
      serverKills: kills(this.#servers),
      runnerKills: kills(this.#runners),
      databaseRestarts,
      redisRestarts,
      points,
      network,
      problems,
    };
  }

  async #restartDatabase(): Promise<void> {
    this.databaseRestarts += 1;
    await this.#options.database.restart(this.#random.chance(0.5));
  }

  async #restartRedis(): Promise<void> {
    this.redisRestarts += 1;
    await this.#options.redis.stop();
    await this.#options.redis.start();
  }

  #keepArming(process: Supervised, side: "server" | "runner"): void {
    this.#every(betweenFaults, () => {
      const { fault } = this.#fault(side);
      if (fault) process.arm(fault);
    });
  }

  /** The next of the deck; each comes before any comes again. */
  #fault(side: Point["side"]): { fault?: Fault } {
    if (this.#isCalm) return {};
    const deck = this.#decks[side];
    if (deck.length === 0) deck.push(...this.#random.shuffled(everyFault(side)));
    const next = deck.pop();
    this.#told += 1;
    return next ? { fault: { id: this.#told, ...next, nth: this.#random.between(1, 3) } } : {};
  }

  #every([low, high]: readonly [number, number], act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        if (this.#isCalm) return;
        act();
        this.#every([low, high], act);
      },
      this.#random.between(low, high),
    );
    this.#timers.add(timer);
  }
}

function heldIn(home: string): number {
  const journal = new Journal(path.join(home, "journal.db"));
  const { waiting, running, undelivered } = journal.counts();
  journal.close();
  return waiting + running + undelivered;
}

function hitsIn(file: string): { at: string; action: string }[] {
  const lines = readLines(file);
  return lines.map((line) => JSON.parse(line) as { at: string; action: string });
}

/** The lines of a file that may not be there yet. */
export function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

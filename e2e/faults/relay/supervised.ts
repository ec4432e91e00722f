import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { settingsVariable } from "./fault-switch.ts";
import type { Fault } from "./points.ts";

type Told = { port?: number; started?: true; problem?: string; ended?: { state: string; code?: string } };

export type SupervisedOptions = {
  name: string;
  program: string;
  env?: Record<string, string>;
  /** What this start of it is told; asked for each start anew. */
  settings(generation: number): object;
  /** How long it stays away after it was killed, milliseconds. */
  restMs(): number;
  /** It ended by itself, which nobody asked of it. */
  onDefect(words: string): void;
};

/** A process that is started again each time it was killed, until it is stopped. */
export class Supervised {
  kills = 0;
  /** Where it listens; undefined while it does not run. */
  port: number | undefined;
  readonly problems = new Map<string, number>();
  readonly #options: SupervisedOptions;
  #child: ChildProcess | undefined;
  #generation = 0;
  #stopping = false;
  #rest: NodeJS.Timeout | undefined;

  constructor(options: SupervisedOptions) {
    this.#options = options;
    this.#start();
  }

  arm(fault: Fault): void {
    if (this.#child?.connected) this.#child.send({ fault }, () => {});
  }

  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Asks it to end, or kills it, and waits until it is gone. */
  async stop(how: "ask" | "kill"): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#rest);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    if (how === "kill") child.kill("SIGKILL");
    else child.send({ stop: true }, () => {});
    await once(child, "exit");
  }

  #start(): void {
    const { name, program, settings, env } = this.#options;
    this.#generation += 1;
    const child = fork(program, [], {
      execArgv: [],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
      env: { ...process.env, ...env, [settingsVariable]: JSON.stringify(settings(this.#generation)) },
    });
    this.#child = child;
    let words = "";
    child.stderr?.on("data", (data) => {
      words = (words + data).slice(-4_000);
      if (process.env.FAULTS_TRACE) process.stdout.write(`${name}: ${data}`);
    });
    child.on("error", () => {});
    child.on("message", (told: Told) => {
      if (told.port) this.port = told.port;
      if (told.problem) this.problems.set(told.problem, (this.problems.get(told.problem) ?? 0) + 1);
      if (told.ended && !this.#stopping) this.#options.onDefect(`${name} was ended: ${JSON.stringify(told.ended)}`);
    });
    child.once("exit", (code, signal) => {
      this.port = undefined;
      if (this.#stopping) return;
      if (signal === "SIGKILL") this.kills += 1;
      else this.#options.onDefect(`${name} ended by itself (${signal ?? `code ${code}`})\n${words}`);
      this.#rest = setTimeout(() => this.#start(), this.#options.restMs());
    });
  }
}

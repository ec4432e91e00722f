import path from "node:path";
import { afterEach, beforeEach, expect, vi } from "vitest";
import type { ConnectionStatus } from "../connection/connection.ts";
import { FakeRelay } from "../connection/testing/fake-relay.ts";
import { type PairedHome, pairedHome } from "../connection/testing/paired-home.ts";
import { type Runner, startRunner } from "../main.ts";
import type { RunnerOptions } from "../runner-options.ts";

/** Waits up to 10 s until the check throws no more. */
export const until = (check: () => unknown) => vi.waitFor(check, { interval: 5 });

/** A paired folder, a relay to connect to, and runners with a worker that only pretends; new for each test. */
export class RunnerBed {
  relay!: FakeRelay;
  paired!: PairedHome;
  statuses: ConnectionStatus[] = [];
  /** What the runners told as going wrong. */
  problems: string[] = [];
  readonly #runners: Runner[] = [];

  async make(): Promise<void> {
    this.relay = new FakeRelay();
    await this.relay.listen();
    this.paired = await pairedHome(this.relay.url);
    this.relay.publicKey = this.paired.identity.publicKey;
    this.statuses = [];
    this.problems = [];
  }

  async stopAll(): Promise<void> {
    for (const runner of this.#runners.splice(0)) await runner.stop();
  }

  async remove(): Promise<void> {
    await this.stopAll();
    await this.relay.close();
    this.paired.remove();
  }

  start(options: Partial<RunnerOptions> = {}): Runner {
    const runner = startRunner({
      home: this.paired.home,
      workerFile: path.join(import.meta.dirname, "../runs/testing/fake-worker.ts"),
      onStatus: (status) => this.statuses.push(status),
      onProblem: (what, error) => this.problems.push(`${what}: ${error}`),
      concurrency: 2,
      ...options,
    });
    this.#runners.push(runner);
    return runner;
  }

  async connected(options: Partial<RunnerOptions> = {}): Promise<Runner> {
    const runner = this.start(options);
    await until(() => expect(this.relay.sockets.size).toBe(1));
    return runner;
  }

  kindsOf(runId: string) {
    return (this.relay.runs.get(runId) ?? []).map(({ kind }) => kind);
  }

  endOf(runId: string) {
    return this.relay.runs.get(runId)?.find((event) => event.kind === "finished");
  }
}

/** Made before each test of the file, and removed after it. */
export function useRunnerBed(): RunnerBed {
  const bed = new RunnerBed();
  beforeEach(() => bed.make());
  afterEach(() => bed.remove());
  return bed;
}

/** The kinds of the events of a run of one step that succeeded. */
export const whole = ["started", "step-started", "step-finished", "finished"];

import type { ExpectedRun, RunOrder, WorkerRunEvent } from "../worker/messages.ts";

/** The process that drives the browser, as the run manager sees it. It is started by the first run and leaves when it is idle. */
export type Worker = {
  onEvent: (runId: string, event: WorkerRunEvent) => void;
  /** It ended though it had runs. Those are still its own ({@link Worker.has}) until this returns. */
  onExit: () => void;
  /** Hands a run over. Rejects when the process cannot be started. */
  run(order: RunOrder): Promise<void>;
  /** Which runs come next, the first first: their contexts are opened ahead when the process is there. */
  expect(runs: readonly ExpectedRun[]): void;
  has(runId: string): boolean;
  /** Asks for a run to end; false when the run is not with it. */
  cancel(runId: string): boolean;
  /** Ends the process at once. */
  kill(): void;
  /** Asks it to end and waits; kills it when it does not. */
  stop(): Promise<void>;
};

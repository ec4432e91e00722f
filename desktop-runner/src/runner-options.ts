import type { ConnectionStatus } from "./connection/connection.ts";
import type { RunnerHome } from "./identity/home.ts";
import type { CommandNote } from "./runs/command-note.ts";

export type RunnerOptions = {
  home: RunnerHome;
  /** Told of each change of the connection. */
  onStatus?: (status: ConnectionStatus) => void;
  /** What went wrong and does not stop the runner. Never holds a value, a page's content or a key. */
  onProblem?: (what: string, error: unknown) => void;
  /** Each point of each command's way. */
  onCommand?: ((note: CommandNote & { runnerId: string }) => void) | undefined;
  /** Runs at once; the number of cores when absent. */
  concurrency?: number;
  /** Room for artifacts of finished runs, bytes; 2 GB when absent. */
  artifactsMaxBytes?: number;
  /** Bounds the journal's file; for tests of a full disk. */
  journalMaxBytes?: number;
  /** The worker's program; the one beside this program when absent. */
  workerFile?: string;
  cancelGraceMs?: number;
  /** Port of the local page on loopback, 0 for any free one; no page when absent. */
  localPort?: number;
};

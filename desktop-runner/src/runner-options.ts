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
  /** Runs at once; as many as there is measured room for when absent. */
  concurrency?: number;
  /** A profile that is kept open hibernates when nobody has used it for so long, milliseconds; 15 minutes when absent. */
  hibernateAfterMs?: number;
  /** Room for artifacts of finished runs, bytes; 2 GB when absent. */
  artifactsMaxBytes?: number;
  /** How long they are kept, milliseconds; as long as there is room when absent. */
  artifactsMaxAgeMs?: number | undefined;
  /** Bounds the journal's file; for tests of a full disk. */
  journalMaxBytes?: number;
  /** The worker's program; the one beside this program when absent. */
  workerFile?: string;
  cancelGraceMs?: number;
  /** How long somebody who has a run's page may say nothing, milliseconds. */
  holdLeaseMs?: number;
  /** Port of the local page on loopback, 0 for any free one; no page when absent. */
  localPort?: number;
};

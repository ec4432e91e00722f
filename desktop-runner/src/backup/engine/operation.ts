import type { RunnerHome } from "../../identity/home.ts";
import type { OnProgress } from "../progress.ts";
import type { Repository } from "../repository/repository.ts";

/** What everything that is done with a repository is given. */
export type Operation = {
  repository: Repository;
  home: RunnerHome;
  /** This runner, as its snapshots say who made them. */
  writer: { id: string; name: string };
  signal: AbortSignal;
  onProgress?: OnProgress;
  /** Bytes of chunks that make a pack full, for tests; some MB when absent. */
  packBytes?: number;
  /** Milliseconds since the epoch. */
  clock(): number;
};

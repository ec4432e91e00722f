import type { BackupHost } from "../backup/host/backup-host.ts";
import type { ConnectHost } from "../connect/connect-host.ts";
import type { ConnectionStatus } from "../connection/connection.ts";
import type { RunnerHome } from "../identity/home.ts";
import type { Journal } from "../journal/journal.ts";
import type { RunnerLog } from "../log/runner-log.ts";
import type { PolicyKeeper } from "../policy/policy-keeper.ts";
import type { Approvals } from "./approvals.ts";
import type { CloudSignIn } from "./cloud-sign-in.ts";
import type { Hints } from "./hints.ts";

/** What the local page shows, and what can be done from it. Times are milliseconds since the epoch. */
export type PageParts = {
  home: RunnerHome;
  about: { name: string; serverUrl: string; version: string; startedAt: number };
  /** `since` is when it came to this state. */
  connection(): { status: ConnectionStatus; since: number };
  /** It changes when the device key does. */
  fingerprint(): string;
  journal: Journal;
  policy: PolicyKeeper;
  log: RunnerLog;
  /** Room for artifacts of finished runs, bytes. */
  artifactsMaxBytes: number;
  /** How long they are kept, milliseconds; as long as there is room when undefined. */
  artifactsMaxAgeMs: number | undefined;
  /** False when it is unknown or over. */
  cancelRun(runId: string): boolean;
  /** Profiles that programs of this computer are connected to. */
  connections: ConnectHost;
  backups: BackupHost;
  approvals: Approvals;
  hints: Hints;
  onProblem(what: string, error: unknown): void;
};

/** With what is made when somebody opens the page. */
export type OpenPageParts = PageParts & { signIn: CloudSignIn };

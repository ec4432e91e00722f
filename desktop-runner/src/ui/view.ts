import type { BackupAction } from "../backup/process/messages.ts";
import type { BackupProgress } from "../backup/progress.ts";
import type { ConnectionStatus } from "../connection/connection.ts";
import type { viewPolicy } from "../policy/policy-view.ts";
import type { Approval } from "./approvals.ts";

/** What the runner tells its page; all times are milliseconds since the epoch, by this computer's clock. */
export type PageState = {
  now: number;
  about: { name: string; serverUrl: string; version: string; fingerprint: string; folder: string; startedAt: number; pid: number };
  /** `words` is a sentence for what does not pass by itself. */
  connection: { state: ConnectionStatus["state"]; since: number; words: string | null; clockDifferenceMs: number | null };
  approvals: Approval[];
  runs: PageRun[];
  policy: PagePolicy;
  refusals: PageRefusal[];
  /** Null where none is set up. */
  backup: PageBackup | null;
  cloudSignIn: CloudSignInView | null;
};

/** How far signing in to a vendor's storage is. `failure` says what went wrong and what to do. */
export type CloudSignInView = { kind: "google-drive" | "dropbox" } & (
  | { state: "asked"; address: string }
  | { state: "signing-in" | "signed-in" }
  | { state: "failed"; failure: string }
);

export type PageBackup =
  | {
      damaged: false;
      place: string;
      /** As `deskhand backup schedule` takes it, or "off". */
      schedule: string;
      isInStep: boolean;
      succeededAt: number | null;
      nextAt: number | null;
      failure: { title: string; whatToDo: string } | null;
      last: { profiles: number; bytes: number; bytesSent: number } | null;
      stored: { bytes: number; snapshots: number } | null;
      verified: { at: number; isWhole: boolean } | null;
      running: { action: BackupAction; progress: BackupProgress | null } | null;
      /** What became of putting profiles back, as far as this process has done it. */
      restored: { done: number; failed: number; failure: { title: string; whatToDo: string } | null } | null;
    }
  | { damaged: true };

export type PageRun = {
  runId: string;
  workflow: string;
  /** Empty when only its id is known. */
  profile: string;
  profileId: string;
  state: "running" | "waiting" | "succeeded" | "failed" | "cancelled";
  isCancelling: boolean;
  acceptedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  failure: { title: string; whatToDo: string; code: string } | null;
};

/** As `deskhand policy show` tells it; `damaged` says why the file cannot be read. */
export type PagePolicy =
  | ({ damaged: null; file: string; own: { maxDownload: string; members: string; quietHours: string } } & ReturnType<typeof viewPolicy>)
  | { damaged: string; file: string };

export type PageRefusal = {
  id: string;
  title: string;
  whatToDo: string;
  rule: string;
  subject: string;
  count: number;
  fatal: boolean;
  lastAt: number;
};

export type PageDisk = {
  places: { name: string; bytes: number }[];
  /** Of all the places, the one that has a bound. */
  artifactsBytes: number;
  artifactsMaxBytes: number;
  /** Null: as long as there is room. */
  artifactsMaxAgeMs: number | null;
  freeBytes: number;
};

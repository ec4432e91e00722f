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
};

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
  freeBytes: number;
};

import type { HoldNews } from "@deskhand/shared/protocol/hold";
import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { ProfileEngine, ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import type { ArtifactType } from "@deskhand/shared/schemas/run";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { HoldAct } from "../holds/run-holds.ts";
import type { NetworkPolicy, RefusalReason } from "../policy/network-policy.ts";
import type { ProxyCandidate } from "../proxies/proxy-desk.ts";
import type { ProxyNews } from "../proxies/take-way.ts";
import type { RecordedFacts } from "../recorder/create-recorder.ts";
import type { TrialFacts } from "../trial/create-trial.ts";
import type { PersonReason } from "./run-hold.ts";

/**
 * What the always-on runner process and its worker child say to each other over `child_process` IPC
 * (`serialization: "advanced"`). Both come from one build, so nothing is versioned or parsed.
 * Times are ms since the epoch unless their name says otherwise.
 */

export type RunLimits = {
  runTimeoutMs: number;
  /** for steps when neither they nor the recording say */
  stepTimeoutMs?: number;
  /** how long it waits for another program of this computer that has the profile; a minute when absent */
  profileWaitMs?: number;
  /** of all files of the run together */
  artifactsMaxBytes: number;
};

export type RunOrder = {
  type: "run";
  runId: string;
  profileId: string;
  settings: ProfileSettings;
  /** absolute; holds the profile's `state.json` and lock */
  profileDir: string;
  /** absolute; everything the run leaves behind goes here */
  artifactsDir: string;
  /** parsed again by the worker */
  recording: Recording | Record<string, unknown>;
  /** other workflows that it runs, by the hash of their content, which was verified */
  workflows?: Record<string, Recording | Record<string, unknown>>;
  /** A test of the recording, whose expectations the result has to meet. */
  test?: string;
  /** After its steps it waits for a person, and records what they do. */
  record?: boolean;
  /** With `record`: in a window on this computer's screen. */
  window?: boolean;
  /** Its steps are not carried out: a person tries a draft of them. */
  trial?: boolean;
  /** absolute; what is remembered of selectors that work, for all runs */
  memoryDir?: string;
  /** secrets in clear: they cross this pipe and nothing else */
  inputs: InputValues;
  /** what the profile's one-time codes are made from, in clear as the inputs are */
  totp?: string;
  startedAt: number;
  limits: RunLimits;
  /** What holds until the next `policy`; for all runs. */
  policy: NetworkPolicy;
  /** The ways out of a profile that has a proxy, the first choice first; with none it leaves directly. */
  proxies: ProxyCandidate[];
};

/** What a run's context is opened with: its profile's settings, and its first steps as they were written. */
export type ExpectedRun = { settings: ProfileSettings; steps: unknown[] };

/** Opens a profile without a workflow. */
export type SessionOrder = {
  type: "open-session";
  /** UUID */
  sessionId: string;
  profileId: string;
  settings: ProfileSettings;
  /** absolute */
  profileDir: string;
  /** In a window on this computer's screen, for a person. */
  window: boolean;
  /** Only to bring state and folder in step for this engine, and then closed: nothing is reached. */
  conversion?: ProfileEngine;
  /** The pages that it begins with, in this order; an empty one when there are none. */
  urls: string[];
  policy: NetworkPolicy;
  /** What it may leave by, the first choice first; none for a profile without a proxy. */
  proxies: ProxyCandidate[];
};

/** What a person who holds a run sees besides its picture. */
export type HoldNewsFacts = Omit<HoldNews, "v" | "runId" | "holdId">;

/** The worker, as whoever gives runs to people sees it. */
export type WorkerHold = {
  onHoldNews: (runId: string, news: HoldNewsFacts) => void;
  onRecorded: (runId: string, facts: RecordedFacts) => void;
  onTrial: (runId: string, facts: TrialFacts) => void;
  has(runId: string): boolean;
  hold(runId: string, on: boolean): void;
  /** Resolves when the page has these, or never will. */
  holdInput(runId: string, acts: readonly HoldAct[]): Promise<void>;
};

export type ParentMessage =
  | RunOrder
  | SessionOrder
  | { type: "close-session"; sessionId: string }
  /** these come next, the first first */
  | { type: "expect"; runs: readonly ExpectedRun[] }
  /** The policy has changed: for all runs, also those under way. */
  | { type: "policy"; policy: NetworkPolicy }
  | { type: "cancel"; runId: string }
  | { type: "live"; runId: string; on: boolean }
  /** a person takes the run's page, or gives it back */
  | { type: "hold"; runId: string; on: boolean }
  /** what they do; answered by `hold-done` with the same number */
  | { type: "hold-input"; runId: string; number: number; acts: readonly HoldAct[] }
  /** the last frame has been passed on; at most two are sent without it */
  | { type: "live-ack"; runId: string }
  | { type: "shutdown" };

export type LogLevel = "debug" | "info" | "warn" | "error";

export type ArtifactEvent = {
  kind: "artifact";
  /** UUID */
  id: string;
  type: ArtifactType;
  name: string;
  /** relative to the run's `artifactsDir` */
  file: string;
  bytes: number;
  /** hex */
  sha256: string;
  contentType: string;
  /** 0-based; null when it belongs to the whole run */
  step: number | null;
};

/** A person is needed, `until` then; and is not any more. */
export type WaitingEvent =
  | { kind: "waiting"; at: number; index: number; reason: PersonReason; until: number }
  | { kind: "resumed"; at: number };

export type WorkerRunEvent =
  | { kind: "started" }
  /** `turn`: how often the step has been begun by now, which in a loop may be many times */
  | { kind: "step-started"; index: number; turn: number; at: number }
  | {
      kind: "step-finished";
      index: number;
      status: "succeeded" | "failed" | "skipped";
      at: number;
      durationMs: number;
      turn?: number;
      code?: RunFailureCode;
      message?: string;
    }
  /** no page content, no values: fit to be shown */
  | { kind: "log"; at: number; step: number | null; level: LogLevel; message: string }
  | ArtifactEvent
  | { kind: "profile-saved"; bytes: number; at: number }
  /** the profile holds what its saved state cannot: it wants the dedicated engine */
  | { kind: "profile-flags"; flags: ProfileFlag[] }
  /** the newest state was unreadable and is put aside; the run goes on from the one saved then, null when that is not known */
  | { kind: "profile-restored"; savedAt: number | null }
  /** the policy refused something, `count` times since it was last told; `fatal` when the run ends because of it */
  | { kind: "refused"; at: number; reason: RefusalReason; count: number; fatal: boolean }
  | ({ at: number } & ProxyNews)
  | WaitingEvent
  /** the steps are over, and the page's work with them; what the run leaves behind is being written */
  | { kind: "closing" }
  /** always the last event of a run; `data` is what `deskhand.extract` steps read */
  | {
      kind: "finished";
      status: "succeeded" | "failed" | "cancelled";
      code?: RunFailureCode;
      message?: string;
      step?: number;
      data: Record<string, unknown>;
    };

export type SessionEvent =
  | { kind: "opened" }
  | { kind: "saved"; bytes: number; at: number }
  | { kind: "profile-flags"; flags: ProfileFlag[] }
  | Extract<WorkerRunEvent, { kind: "profile-restored" | "refused" | "proxy-failed" | "proxy-exit" | "proxy-used" }>
  /** always the last; with a code when it could not be opened or held, and with the pages that were open when it was saved */
  | { kind: "closed"; code?: RunFailureCode; message?: string; urls?: string[] };

export type WorkerMessage =
  | { type: "session"; sessionId: string; event: SessionEvent }
  /** sent once, when the worker takes runs; a run may be ordered before it */
  | { type: "ready"; browser: { path: string; version: string } }
  | { type: "event"; runId: string; event: WorkerRunEvent }
  /** volatile; `data` is a JPEG */
  | { type: "frame"; runId: string; data: Buffer; width: number; height: number; at: number }
  | { type: "hold-news"; runId: string; news: HoldNewsFacts }
  | { type: "recorded"; runId: string; facts: RecordedFacts }
  | { type: "trial"; runId: string; facts: TrialFacts }
  | { type: "hold-done"; number: number }
  /** what the browsers take now, bytes, and how many contexts are open in them */
  | { type: "load"; bytes: number; contexts: number }
  /** nothing was done for a while: the worker exits with 0 next */
  | { type: "idle" }
  /** the worker cannot work at all and exits with 1 next */
  | { type: "fatal"; code: RunFailureCode; message: string };

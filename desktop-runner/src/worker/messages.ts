import type { Recording } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import type { ArtifactType } from "@deskhand/shared/schemas/run";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { NetworkPolicy, RefusalReason } from "../policy/network-policy.ts";

/**
 * What the always-on runner process and its worker child say to each other over `child_process` IPC
 * (`serialization: "advanced"`). Both come from one build, so nothing is versioned or parsed.
 * Times are ms since the epoch unless their name says otherwise.
 */

export type RunLimits = {
  runTimeoutMs: number;
  /** for steps when neither they nor the recording say */
  stepTimeoutMs?: number;
  /** of all files of the run together */
  artifactsMaxBytes: number;
};

export type RunOrder = {
  type: "run";
  runId: string;
  profileId: string;
  /** absolute; holds the profile's `state.json` and lock */
  profileDir: string;
  /** absolute; everything the run leaves behind goes here */
  artifactsDir: string;
  /** parsed again by the worker */
  recording: Recording | Record<string, unknown>;
  /** secrets in clear: they cross this pipe and nothing else */
  inputs: InputValues;
  startedAt: number;
  limits: RunLimits;
  /** What holds until the next `policy`; for all runs. */
  policy: NetworkPolicy;
};

export type ParentMessage =
  | RunOrder
  /** The policy has changed: for all runs, also those under way. */
  | { type: "policy"; policy: NetworkPolicy }
  | { type: "cancel"; runId: string }
  | { type: "live"; runId: string; on: boolean }
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

export type WorkerRunEvent =
  | { kind: "started" }
  | { kind: "step-started"; index: number; at: number }
  | {
      kind: "step-finished";
      index: number;
      status: "succeeded" | "failed" | "skipped";
      at: number;
      durationMs: number;
      code?: RunFailureCode;
      message?: string;
    }
  /** no page content, no values: fit to be shown */
  | { kind: "log"; at: number; step: number | null; level: LogLevel; message: string }
  | ArtifactEvent
  | { kind: "profile-saved"; bytes: number; at: number }
  /** the policy refused something, `count` times since it was last told; `fatal` when the run ends because of it */
  | { kind: "refused"; at: number; reason: RefusalReason; count: number; fatal: boolean }
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

export type WorkerMessage =
  /** sent once, when the worker takes runs; a run may be ordered before it */
  | { type: "ready"; browser: { path: string; version: string } }
  | { type: "event"; runId: string; event: WorkerRunEvent }
  /** volatile; `data` is a JPEG */
  | { type: "frame"; runId: string; data: Buffer; width: number; height: number; at: number }
  /** nothing was done for a while: the worker exits with 0 next */
  | { type: "idle" }
  /** the worker cannot work at all and exits with 1 next */
  | { type: "fatal"; code: RunFailureCode; message: string };

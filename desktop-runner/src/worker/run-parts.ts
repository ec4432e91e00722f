import type { Recording } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import { stepTitle } from "@deskhand/shared/schemas/step-label";
import type { ArtifactStore } from "../browser/artifacts.ts";
import type { LiveView } from "../browser/live-view.ts";
import type { StorageState } from "../browser/profile-store.ts";
import type { RunHalt } from "../workflow/run-halt.ts";
import type { RunOrder, WorkerRunEvent } from "./messages.ts";
import type { RunLog } from "./run-log.ts";
import type { RunPolicy } from "./run-policy.ts";
import type { SecretMask } from "./secret-mask.ts";

/** What every part of a run shares. */
export type RunParts = {
  order: RunOrder;
  recording: Recording;
  inputs: InputValues;
  store: ArtifactStore;
  log: RunLog;
  mask: SecretMask;
  live: LiveView;
  send(event: WorkerRunEvent): void;
  signal: AbortSignal;
  /** Ends the run within its step. */
  abort(why: RunHalt): void;
  policy: RunPolicy;
  state: StorageState | undefined;
};

/** The line that opens a step in the log; made from the recording as it was written, so it holds no input. */
export function stepLine(recording: Recording, index: number): string {
  const step = recording.steps[index];
  return `Step ${index + 1} of ${recording.steps.length}: ${step ? stepTitle(step) : ""}`;
}

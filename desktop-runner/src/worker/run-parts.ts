import type { Recording } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import type { RunPlace } from "@deskhand/shared/schemas/run-places";
import { stepTitle } from "@deskhand/shared/schemas/step-label";
import type { ArtifactStore } from "../browser/artifacts.ts";
import type { LiveView } from "../browser/live-view.ts";
import type { StorageState } from "../browser/profile-store.ts";
import type { RecordedFacts } from "../recorder/create-recorder.ts";
import type { TrialFacts } from "../trial/create-trial.ts";
import type { RunHalt } from "../workflow/run-halt.ts";
import type { RunOrder, WorkerRunEvent } from "./messages.ts";
import type { OpenedProfile } from "./open-profile.ts";
import type { RunHold } from "./run-hold.ts";
import type { RunLog } from "./run-log.ts";
import type { RunPolicy } from "./run-policy.ts";
import type { SecretMask } from "./secret-mask.ts";

/** What every part of a run shares. */
export type RunParts = {
  order: RunOrder;
  recording: Recording;
  inputs: InputValues;
  /** by the hash of their content */
  workflows: ReadonlyMap<string, Recording>;
  store: ArtifactStore;
  log: RunLog;
  mask: SecretMask;
  live: LiveView;
  hold: RunHold;
  send(event: WorkerRunEvent): void;
  sendRecorded(facts: RecordedFacts): void;
  sendTrial(facts: TrialFacts): void;
  signal: AbortSignal;
  /** Ends the run within its step. */
  abort(why: RunHalt): void;
  policy: RunPolicy;
  state: StorageState | undefined;
  profile: Pick<OpenedProfile, "restore" | "onSaved">;
};

/** The lines that open steps in the log; made from the recordings as they were written, so they hold no input. */
export function stepLines(places: readonly RunPlace[]): (index: number, turn: number) => string {
  const own = places.filter(({ caller }) => caller === null).length;
  return (index, turn) => {
    const place = places[index];
    if (!place) return "";
    const around = place.caller === null ? undefined : places[place.caller];
    const where = around ? `in “${around.inside?.title}”` : `of ${own}`;
    const again = turn > 1 ? ` (turn ${turn})` : "";
    const title = place.inside ? `Run workflow · “${place.inside.title}”` : stepTitle(place.step);
    return `Step ${place.number} ${where}${again}: ${title}`;
  };
}

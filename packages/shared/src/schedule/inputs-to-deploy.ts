import type { RecordingInputs } from "../schemas/recording-inputs.ts";
import type { Schedule } from "../schemas/schedule.ts";

/** What has to be given when a workflow is deployed: an input that each firing brings may be missing then. */
export function inputsToDeploy(declared: RecordingInputs | undefined, schedule: Schedule | undefined): RecordingInputs | undefined {
  const when = schedule?.when;
  if (!declared?.required || (when?.kind !== "webhook" && when?.kind !== "after")) return declared;
  return { ...declared, required: declared.required.filter((name) => !Object.hasOwn(when.inputs, name)) };
}

import * as z from "zod";
import { recordingSchema } from "./recording.ts";

/** Where a server publishes it, and the document's own name for itself. */
export const recordingSchemaPath = "/schemas/workflow.json";

/**
 * The JSON Schema of a whole workflow document, for editors. It tells shapes; that templates name what is declared, and that steps are no
 * deeper and no more than allowed, is for `parseRecording`.
 */
export function recordingJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(recordingSchema, { io: "input", target: "draft-2020-12", unrepresentable: "any" });
  return { ...schema, $id: recordingSchemaPath, title: "Deskhand workflow", description };
}

const description =
  "A Chrome DevTools Recorder recording. Deskhand adds inputs, variables, tests and “person” to the document, customSteps named deskhand.*, " +
  "and a key “deskhand” to any step.";

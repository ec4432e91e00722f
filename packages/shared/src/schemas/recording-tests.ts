import * as z from "zod";
import { checkInputValue, inputNameSchema, type RecordingInputs, secretInputNames } from "./recording-inputs.ts";

/** Inputs, and what has to come of them. */
export const recordingTestSchema = z
  .object({
    name: z.string().min(1).max(100),
    inputs: z.record(inputNameSchema, z.union([z.string().max(100_000), z.number(), z.boolean()])).optional(),
    /** a part of the run's result data: what is not named here may be anything; lists have to be equal in length */
    expect: z.record(z.string(), z.json()),
  })
  .meta({ id: "WorkflowTest" });
export type RecordingTest = z.infer<typeof recordingTestSchema>;

export const recordingTestsSchema = z.array(recordingTestSchema).max(50);

/** A sentence for each thing that is wrong with the tests (beyond their shape). Secrets are given when a test is started, never stored. */
export function checkTests(tests: readonly RecordingTest[], inputs: RecordingInputs | undefined): { field: string; message: string }[] {
  const issues: { field: string; message: string }[] = [];
  const secrets = secretInputNames(inputs);
  const names = new Set<string>();
  for (const [index, { name, inputs: given = {} }] of tests.entries()) {
    if (names.has(name)) issues.push({ field: `tests[${index}].name`, message: `Two tests are called "${name}".` });
    names.add(name);
    for (const [input, value] of Object.entries(given)) {
      const field = `tests[${index}].inputs.${input}`;
      if (secrets.includes(input)) issues.push({ field, message: `"${input}" is secret: give it when the test is started.` });
      else issues.push(...checkInputValue(inputs, input, value).map((message) => ({ field, message })));
    }
  }
  return issues;
}

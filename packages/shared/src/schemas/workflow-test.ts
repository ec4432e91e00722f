import * as z from "zod";
import { commandState } from "./command-state.ts";
import { id, inProject, instant } from "./common.ts";
import { inputValues } from "./deployment.ts";
import { signedManifest } from "./manifest.ts";

/** Runs tests of a workflow version (the latest when no number is given), each once, on this profile. */
export const startTestsInput = inProject.extend({
  workflowId: id,
  version: z.int().min(1).optional(),
  runnerId: id,
  profileId: id,
  tests: z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        /** Secret inputs, which tests do not store: sealed to the runner. */
        secrets: inputValues.optional(),
        /** A `deploy` manifest with the test's inputs; a runner that demands signatures does nothing without. */
        signedManifest: signedManifest.optional(),
      }),
    )
    .min(1)
    .max(50),
});

/** What became of a test the last time that it ran; nulls for one that never did. It was passed when the run has succeeded. */
export const testRunView = z.object({
  name: z.string(),
  runId: id.nullable(),
  state: commandState.nullable(),
  /** TEST_FAILED when the run went well and read something else than expected */
  failureCode: z.string().nullable(),
  failureStep: z.number().int().nullable(),
  finishedAt: instant.nullable(),
});
export type TestRunView = z.infer<typeof testRunView>;
export const testRunList = z.object({ version: z.number().int(), items: z.array(testRunView) });

import * as z from "zod";
import type { Recording } from "./recording.ts";
import type { CustomStepOf } from "./recording-steps.ts";
import { walkSteps } from "./walk-steps.ts";

/** How many other workflows a deployment may carry, those that these run included. */
export const EMBEDDED_WORKFLOWS_AT_MOST = 50;

/** Workflows that others run, by the SHA-256 of their canonical JSON in hexadecimal. Whoever gets them works the hashes out again. */
export const embeddedWorkflows = z
  .record(z.string().regex(/^[0-9a-f]{64}$/), z.record(z.string(), z.unknown()))
  .refine((given) => Object.keys(given).length <= EMBEDDED_WORKFLOWS_AT_MOST, "These are too many workflows.");

/** What a document runs: each workflow and the hash of the version that is meant. */
export function workflowsIn(recording: Pick<Recording, "steps">): CustomStepOf<"deskhand.workflow">["parameters"][] {
  return walkSteps(recording.steps).flatMap(({ step }) =>
    step.type === "customStep" && step.name === "deskhand.workflow" ? [step.parameters] : [],
  );
}

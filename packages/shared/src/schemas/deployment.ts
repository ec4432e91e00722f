import * as z from "zod";
import { id, inProject, instant } from "./common.ts";
import { signedManifest } from "./manifest.ts";

/** A secret input: armored age ciphertext for the runner's recipient. The server cannot read it. */
export const sealedInput = z.object({ sealed: z.string().min(1).max(20_000) });

export const inputValue = z.union([z.string().max(20_000), z.number(), z.boolean(), sealedInput]);
export const inputValues = z.record(z.string().max(80), inputValue);
export type InputValues = z.infer<typeof inputValues>;

export const createDeploymentInput = inProject.extend({
  workflowId: id,
  /** The version's number; the latest when absent. */
  version: z.number().int().min(1).optional(),
  /** All must live on this one runner. */
  runnerId: id,
  profileIds: z.array(id).min(1, "Choose at least one profile.").max(1000, "At most 1,000 profiles at once."),
  inputs: inputValues.default({}),
  /** The same key with the same body gives the same deployment; with another body IDEMPOTENCY_CONFLICT. */
  idempotencyKey: z.string().min(8).max(100).optional(),
  /** A `deploy` manifest that says the same, signed by a key of the caller's. A runner that demands signatures does nothing without. */
  signedManifest: signedManifest.optional(),
});
export type CreateDeploymentInput = z.infer<typeof createDeploymentInput>;

export const deploymentView = z.object({
  id,
  projectId: id,
  workflowId: id,
  workflowName: z.string(),
  version: z.number().int(),
  runnerId: id,
  runIds: z.array(id),
  createdAt: instant,
});
export type DeploymentView = z.infer<typeof deploymentView>;

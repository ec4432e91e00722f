import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Context } from "@/server/context";
import { readInputs, sayOfMissing } from "./read-inputs.ts";

/**
 * A run that is asked for again has the inputs that were given at deploying. What a message or another run brought is not brought again, so one
 * that needs it cannot run again: that is said at once rather than by its runner. `why` says to people where the input would have come from.
 * @throws AppError INPUT_MISSING with `details.field`
 */
export async function checkRerun(
  ctx: Context,
  deploymentId: string,
  why = "What began the run brought it, and brings it once: deploy the workflow with it.",
): Promise<void> {
  const { schedule, inputs, workflowVersion } = await ctx.db.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    select: { schedule: true, inputs: true, workflowVersion: { select: { content: true } } },
  });
  // whatever else was deployed had all that it needs
  if (schedule === null) return;
  const { inputs: declared } = workflowVersion.content as unknown as Recording;
  try {
    readInputs(declared, inputs as InputValues);
  } catch (error) {
    sayOfMissing(error, why);
  }
}

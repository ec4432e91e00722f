import { type DeploymentInputs, type InputValues, sealedInput } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import { schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";

/** What a deployment was given for the inputs of its version; of secret ones only that there are such. @throws AppError NOT_FOUND */
export async function getGivenInputs(ctx: Context, input: { id: string }): Promise<DeploymentInputs> {
  const deployment = await ctx.db.deployment.findUnique({
    where: { id: input.id },
    select: { projectId: true, inputs: true, schedule: true, workflowVersion: { select: { content: true } } },
  });
  if (!deployment) throw new AppError("NOT_FOUND");
  await authorize(ctx, deployment.projectId, "project.read");
  const { inputs: declared } = deployment.workflowVersion.content as unknown as Recording;
  const given = deployment.inputs as InputValues;
  const secrets = new Set(secretInputNames(declared));
  const when = deployment.schedule === null ? null : scheduleSchema.parse(deployment.schedule).when;
  const brought = when && "inputs" in when ? when.inputs : {};
  const items = Object.entries(declared?.properties ?? {}).map(([name, { title = name }]) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const secret = secrets.has(name) || sealedInput.safeParse(value).success;
    return {
      name,
      title,
      secret,
      value: secret || value === undefined || typeof value === "object" ? null : value,
      settable: Object.hasOwn(brought, name),
    };
  });
  return { items };
}

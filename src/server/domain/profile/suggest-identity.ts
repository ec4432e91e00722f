import type { Identity } from "@deskhand/shared/schemas/identity";
import type { suggestIdentityInput } from "@deskhand/shared/schemas/profile";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { newIdentity } from "./new-settings.ts";

/** A device that a profile of this runner could show itself as; nothing is changed. @throws AppError NOT_FOUND */
export async function suggestIdentity(ctx: Context, input: z.output<typeof suggestIdentityInput>): Promise<Identity> {
  const runner = await ctx.db.runner.findUnique({ where: { id: input.runnerId }, select: { projectId: true, platform: true } });
  if (!runner) throw new AppError("NOT_FOUND");
  await authorize(ctx, runner.projectId, "profile.write");
  return newIdentity(runner, input.device);
}

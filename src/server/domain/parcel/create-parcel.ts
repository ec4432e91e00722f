import type { createParcelInput, ParcelView } from "@deskhand/shared/schemas/parcel";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { MAX_PARCELS, PARCEL_KEPT_MS } from "./rules.ts";

/**
 * Makes room for a sealed file, which whoever has its token may put there and take for an hour.
 * @throws AppError RATE_LIMITED when the project has too many
 */
export async function createParcel(ctx: Context, input: z.output<typeof createParcelInput>): Promise<ParcelView> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const now = ctx.clock.now();
  return ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    if ((await tx.parcel.count({ where: { projectId, expiresAt: { gt: now } } })) >= MAX_PARCELS) {
      throw new AppError("RATE_LIMITED", { userMessage: "Too many files are on their way. Wait for some to arrive, then try again." });
    }
    const expiresAt = new Date(now.getTime() + PARCEL_KEPT_MS);
    const { id } = await tx.parcel.create({ data: { projectId, tokenHash: input.tokenHash, createdAt: now, expiresAt } });
    return { id, expiresAt: expiresAt.toISOString() };
  });
}

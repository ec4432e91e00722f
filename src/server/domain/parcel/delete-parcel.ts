import type { Context } from "@/server/context";
import { findParcel } from "./queries.ts";

/** Removes a parcel that has arrived. @throws AppError NOT_FOUND */
export async function deleteParcel(ctx: Context, asked: { id: string; token: string | undefined }): Promise<void> {
  const { id } = await findParcel(ctx, asked);
  await ctx.db.parcel.deleteMany({ where: { id } });
}

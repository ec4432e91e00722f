import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { hashSecret } from "@/server/secrets";

type Asked = { id: string; token: string | undefined };

/** The parcel that this token opens. @throws AppError NOT_FOUND, alike for what never was, is over, or has another token */
export async function findParcel(ctx: Context, { id, token }: Asked): Promise<{ id: string; bytes: number | null }> {
  const tokenHash = hashSecret(token ?? "");
  const parcel = await ctx.db.parcel.findUnique({
    where: { id, tokenHash, expiresAt: { gt: ctx.clock.now() } },
    select: { id: true, bytes: true },
  });
  if (!parcel) throw new AppError("NOT_FOUND");
  return parcel;
}

/** What is in it, a piece after the other. @throws AppError NOT_FOUND when it goes away meanwhile */
export async function* readParcel(ctx: Context, { id, bytes }: { id: string; bytes: number }): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for (let index = 0; left > 0; index++) {
    const chunk = await ctx.db.parcelChunk.findUnique({ where: { parcelId_index: { parcelId: id, index } }, select: { data: true } });
    if (!chunk) throw new AppError("NOT_FOUND");
    left -= chunk.data.length;
    yield chunk.data;
  }
}

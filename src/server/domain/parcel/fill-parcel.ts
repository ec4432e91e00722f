import { PARCEL_MAX_BYTES } from "@deskhand/shared/protocol/parcels";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { takeMoved } from "@/server/domain/profile-move/start-moves";
import { AppError } from "@/server/errors";
import { findParcel } from "./queries.ts";
import { CHUNK_BYTES } from "./rules.ts";

type Input = { id: string; token: string | undefined; content: AsyncIterable<Uint8Array> };

/**
 * Puts a sealed file into its parcel, once. One that was begun and broken off is begun anew. A profile that moves is taken by its new runner
 * from then on.
 * @throws AppError NOT_FOUND, CONFLICT when it is whole or somebody else puts it there now, PAYLOAD_TOO_LARGE, what `content` throws
 */
export async function fillParcel(ctx: Context, { content, ...asked }: Input): Promise<void> {
  const { id, bytes: known } = await findParcel(ctx, asked);
  if (known !== null) throw new AppError("CONFLICT");
  await ctx.db.parcelChunk.deleteMany({ where: { parcelId: id } });
  let bytes = 0;
  let index = 0;
  const put = async (data: Uint8Array) => {
    // the same piece from two is refused by its key
    const { count } = await ctx.db.parcelChunk.createMany({
      data: [{ parcelId: id, index: index++, data: new Uint8Array(data) }],
      skipDuplicates: true,
    });
    if (count === 0) throw new AppError("CONFLICT");
  };
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const flush = async () => {
    const whole = Buffer.concat(held);
    held = [];
    heldBytes = 0;
    if (whole.length > 0) await put(whole);
  };
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > PARCEL_MAX_BYTES) throw new AppError("PAYLOAD_TOO_LARGE");
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes >= CHUNK_BYTES) await flush();
  }
  await flush();
  await ctx.db.$transaction(async (tx) => {
    await takeMoved(queryIn(tx), ctx, id);
    const { count } = await tx.parcel.updateMany({ where: { id, bytes: null }, data: { bytes } });
    if (count === 0) throw new AppError("CONFLICT");
  });
}

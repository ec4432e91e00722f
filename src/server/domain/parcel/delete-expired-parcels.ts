import type { Context } from "@/server/context";

/** Removes what nobody took in time. */
export async function deleteExpiredParcels({ db, clock }: Context): Promise<number> {
  const { count } = await db.parcel.deleteMany({ where: { expiresAt: { lte: clock.now() } } });
  return count;
}

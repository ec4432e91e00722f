import type { Tx } from "@/server/db";

/** Profiles whose way to the network is one of these proxies or pools; at most 20 of them. */
export async function findProfilesWith(tx: Tx, projectId: string, ids: readonly string[]): Promise<string[]> {
  // the way is in the profiles' settings, into which Prisma does not look
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from "Profile"
    where "projectId" = ${projectId}::uuid and "deletedAt" is null and profile_ways(settings) && ${ids}::text[]
    order by id limit 20`;
  return rows.map(({ id }) => id);
}

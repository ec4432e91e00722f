import type { ProfileView, seeNoticesInput } from "@deskhand/shared/schemas/profile";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findProfile, showProfile, withNames } from "./queries.ts";

/** Somebody has seen what there was to know of a profile, up to `until`: it is not shown any more, to nobody. @throws AppError NOT_FOUND */
export async function seeNotices(ctx: Context, input: z.output<typeof seeNoticesInput>): Promise<ProfileView> {
  const { id, projectId } = await findProfile(ctx, input.id, "profile.write");
  const row = await ctx.db.$transaction(async (tx) => {
    // what came meanwhile stays; Prisma cannot filter within JSON
    await tx.$executeRaw`
      update "Profile" set notices = coalesce((select jsonb_agg(value order by n) from jsonb_array_elements(notices) with ordinality as t(value, n)
        where (value ->> 'at')::timestamptz > ${input.until}::timestamptz), '[]')
      where id = ${id}::uuid`;
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id }]);
    return tx.profile.findUniqueOrThrow({ where: { id }, include: withNames });
  });
  return showProfile(ctx, row);
}

import type { SavedFilterView, saveFilterInput } from "@deskhand/shared/schemas/profile-filter";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { personOf, viewSavedFilter } from "./queries.ts";

/** Most filters that a person keeps in a project. */
const FILTERS_AT_MOST = 100;

/** Keeps a filter under a name, in place of one of the same name. @throws AppError CONFLICT at 100 */
export async function saveFilter(ctx: Context, input: z.output<typeof saveFilterInput>): Promise<SavedFilterView> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { name, filter: kept, sort, direction } = input;
  const userId = personOf(ctx);
  const filter = JSON.parse(JSON.stringify({ filter: kept, sort, direction }));
  if ((await ctx.db.savedFilter.count({ where: { projectId, userId, name: { not: name } } })) >= FILTERS_AT_MOST) {
    throw new AppError("CONFLICT", { userMessage: `You have ${FILTERS_AT_MOST} saved filters: delete one first.` });
  }
  const row = await ctx.db.savedFilter.upsert({
    where: { projectId_userId_name: { projectId, userId, name } },
    create: { projectId, userId, name, filter, createdAt: ctx.clock.now() },
    update: { filter },
  });
  const [view] = viewSavedFilter(row);
  if (!view) throw new AppError("INTERNAL");
  return view;
}

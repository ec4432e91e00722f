import { keptFilter, type SavedFilterView } from "@deskhand/shared/schemas/profile-filter";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { SavedFilter } from "@/server/generated/prisma/client";

/** The filters that the actor keeps in a project, by name. One that this version cannot read is left out. */
export async function listSavedFilters(ctx: Context, input: { projectId?: string | undefined }): Promise<{ items: SavedFilterView[] }> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const rows = await ctx.db.savedFilter.findMany({ where: { projectId, userId: personOf(ctx) }, orderBy: { name: "asc" } });
  return { items: rows.flatMap(viewSavedFilter) };
}

export function viewSavedFilter({ id, name, filter, createdAt }: SavedFilter): SavedFilterView[] {
  const read = keptFilter.safeParse(filter);
  return read.success ? [{ id, name, ...read.data, createdAt: createdAt.toISOString() }] : [];
}

/** Whose filters: an API key's are its maker's. @throws AppError UNAUTHENTICATED */
export function personOf({ actor }: Context): string {
  if (!("userId" in actor)) throw new AppError("UNAUTHENTICATED");
  return actor.userId;
}

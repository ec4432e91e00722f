import type { RefusalView } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { findRunner } from "@/server/domain/runner/queries";
import { viewRefusal } from "./view.ts";

/** Refusals of a runner that are told, newest first; a run's own page has all of its own. */
const TOLD = 100;

/** What a runner's policy refused last. @throws AppError NOT_FOUND */
export async function listRefusals(ctx: Context, input: { id: string }): Promise<{ items: RefusalView[] }> {
  const { id: runnerId } = await findRunner(ctx, input.id, "project.read");
  const rows = await ctx.db.refusal.findMany({ where: { runnerId }, orderBy: [{ lastAt: "desc" }, { id: "desc" }], take: TOLD });
  return { items: rows.map(viewRefusal) };
}

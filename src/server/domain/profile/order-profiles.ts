import type { orderedProfiles, orderProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitMany } from "@/server/domain/command/limit-many";
import { authorize } from "@/server/domain/project/policy";
import { requireAll, targetSql } from "./hold-targets.ts";
import { checkMany, orderMany } from "./order-many.ts";
import { ORDER_WITHIN_MS } from "./rules.ts";

/** Enough tasks that one sees it go on, and not so many that they are in the way of others. */
const MOST_TASKS = 40;
const FEWEST_PROFILES = 10;
const MOST_PROFILES = 100;

/**
 * Has the runners of these profiles open them without a window, or close them. What becomes of each is the result of the tasks; a profile that
 * somebody uses is refused by its runner.
 * @throws AppError NOT_FOUND, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function orderProfiles(
  ctx: Context,
  input: z.output<typeof orderProfilesInput> & { order: "open" | "close" },
): Promise<z.output<typeof orderedProfiles>> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { ids, filter } = input;
  const kind = `profiles.${input.order}` as const;
  const where = targetSql({ projectId, target: { ids, filter }, now: ctx.clock.now() });
  // the fields of a filter are conditions in SQL, which Prisma's own do not take
  const asked = await ctx.db.$queryRaw<
    { id: string; name: string; runnerId: string }[]
  >`select p.id, p.name, p."runnerId" from "Profile" p where ${where} order by p.id`;
  requireAll({ ids }, asked);
  const manifest = await checkMany(ctx, { projectId, kind, profiles: asked, ids, signed: input.signedManifest });
  const each = manifest ? MOST_PROFILES : Math.min(MOST_PROFILES, Math.max(FEWEST_PROFILES, Math.ceil(asked.length / MOST_TASKS)));
  await limitMany(ctx, projectId, asked, each);
  return ctx.db.$transaction(async (tx) => {
    const runners = await tx.runner.findMany({ where: { projectId, status: "accepted" }, select: { id: true } });
    const accepted = new Set(runners.map(({ id }) => id));
    const told = asked.filter(({ runnerId }) => accepted.has(runnerId));
    const tasks = await orderMany(tx, ctx, {
      projectId,
      kind,
      profiles: told,
      each,
      withinMs: ORDER_WITHIN_MS,
      signed: manifest && ids ? { ids, manifest } : undefined,
    });
    const refused = asked.filter(({ runnerId }) => !accepted.has(runnerId)).slice(0, 1000);
    return { tasks, refused: refused.map(({ id, name }) => ({ id, name, code: "RUNNER_NOT_ACCEPTED" })) };
  });
}

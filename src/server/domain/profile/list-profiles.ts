import type { Page } from "@deskhand/shared/schemas/common";
import type { countProfilesInput, listProfilesInput, ProfileView } from "@deskhand/shared/schemas/profile";
import * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { Prisma } from "@/server/generated/prisma/client";
import { sortKeys, whereSql } from "./conditions.ts";
import { findNetworks } from "./find-networks.ts";
import { findRuns, withNames } from "./queries.ts";
import { viewProfile } from "./view.ts";

/**
 * A page of profiles in the asked order; those that can be brought back, the last deleted first, with `which: deleted`.
 * @throws AppError INVALID_INPUT for a cursor of another order
 */
export async function listProfiles(ctx: Context, input: z.output<typeof listProfilesInput>): Promise<Page<ProfileView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const { limit, direction, offset = 0 } = input;
  const deleted = input.which === "deleted";
  const sort = deleted ? "deleted" : input.sort;
  const now = ctx.clock.now();
  const { key, read } = sortKeys[sort];
  const down = deleted || direction === "desc";
  const towards = down ? Prisma.sql`desc` : Prisma.sql`asc`;
  const from = decodeCursor(input.cursor, sort, down);
  const beyond = from
    ? Prisma.sql`and (${key}, p.id) ${down ? Prisma.sql`<` : Prisma.sql`>`} (${read(from.key)}, ${from.id}::uuid)`
    : Prisma.empty;
  // only ids first, which an index alone gives, also far down in a long list; Prisma orders by no expression
  const found = await ctx.db.$queryRaw<{ id: string; key: string }[]>`
    select p.id, ${key}::text as key from "Profile" p where ${whereSql({ projectId, filter: input, deleted, now })} ${beyond}
    order by ${key} ${towards}, p.id ${towards} limit ${limit + 1} offset ${offset}`;
  const shown = found.slice(0, limit);
  const [rows, runs] = await Promise.all([
    ctx.db.profile.findMany({ where: { id: { in: shown.map(({ id }) => id) } }, include: withNames }),
    findRuns(ctx, shown),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const networks = await findNetworks(ctx, rows);
  const last = shown.at(-1);
  return {
    items: shown.flatMap(({ id }) => {
      const row = byId.get(id);
      return row ? [viewProfile(row, runs(id), networks(row), now)] : [];
    }),
    nextCursor: found.length > limit && last ? encodeCursor(sort, down, last) : null,
  };
}

/** How many match. */
export async function countProfiles(ctx: Context, input: z.output<typeof countProfilesInput>): Promise<{ count: number }> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const where = whereSql({ projectId, filter: input, deleted: input.which === "deleted", now: ctx.clock.now() });
  const [row] = await ctx.db.$queryRaw<{ count: number }[]>`select count(*)::int as count from "Profile" p where ${where}`;
  return { count: row?.count ?? 0 };
}

const encoded = z.tuple([z.string(), z.boolean(), z.string(), z.uuid()]);

function encodeCursor(sort: string, down: boolean, { key, id }: { key: string; id: string }): string {
  return Buffer.from(JSON.stringify([sort, down, key, id])).toString("base64url");
}

function decodeCursor(cursor: string | undefined, sort: string, down: boolean): { key: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [madeFor, wasDown, key, id] = encoded.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    if (madeFor === sort && wasDown === down) return { key, id };
  } catch {
    // told below
  }
  throw new AppError("INVALID_INPUT", { userMessage: "cursor: This is not a cursor that a list in this order gave." });
}

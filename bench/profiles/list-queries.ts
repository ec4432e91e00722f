import { randomUUID } from "node:crypto";
import { listProfilesInput } from "@deskhand/shared/schemas/profile";
import type * as z from "zod";
import { systemClock } from "@/server/context";
import { createDb } from "@/server/db";
import { countProfiles, listProfiles } from "@/server/domain/profile/list-profiles";
import { summarizeProfiles } from "@/server/domain/profile-group/queries";
import { createLogger } from "@/server/logger";
import { actorOf, createProject, createRunner } from "@/server/testing/factories";

type Filter = Omit<z.input<typeof listProfilesInput>, "projectId">;

/** A project with so many profiles of all kinds, and another as large beside it; and what a page of the dashboard asks of it. */
export async function openProject(databaseUrl: string, count: number) {
  const db = createDb(databaseUrl, { queryTimeoutMs: 600_000 });
  const ways = Array.from({ length: 10 }, () => randomUUID());
  const projects = [await createProject(db), await createProject(db)] as const;
  for (const project of projects) {
    const { id: projectId } = project;
    const runners = [await createRunner(db, { projectId }), await createRunner(db, { projectId })];
    await db.profileGroup.createMany({
      data: Array.from({ length: 20 }, (_, n) => ({ projectId, name: `Group ${n}`, createdAt: new Date() })),
    });
    // one statement: a hundred thousand rows by Prisma take minutes
    await db.$executeRawUnsafe(
      `with groups as (select array_agg(id) as ids from "ProfileGroup" where "projectId" = $1::uuid)
      insert into "Profile" (id, "projectId", "runnerId", name, notes, tags, "groupId", "createdAt", settings, "stateSavedAt", "stateBytes", "stateFlags", "holderKind", "lastRunAt")
      select gen_random_uuid(), $1::uuid, ($2::uuid[])[1 + n % 2], 'Shop account ' || n, 'paid by ' || md5((n % 977)::text),
        array['tag' || n % 50, 'batch' || n % 400], case when n % 3 = 0 then groups.ids[1 + n % 20] end, now() - n * interval '1 second',
        jsonb_build_object('engine', case when n % 500 = 0 then 'dedicated' else 'shared' end, 'proxy', case n % 4
          when 0 then '{"kind":"none"}'::jsonb
          when 1 then jsonb_build_object('kind', 'pool', 'poolId', ($4::uuid[])[1 + n / 4 % 10])
          else jsonb_build_object('kind', 'proxy', 'proxyId', overlay(overlay(md5((n % 1999)::text) placing '4' from 13) placing '8' from 17)::uuid) end),
        case when n % 4 > 0 then now() - n * interval '1 minute' end, case when n % 4 > 0 then (n * 7919) % 900000 end,
        case when n % 300 = 0 then array['blob'] else '{}' end, case when n % 1000 = 0 then 'window' end,
        case when n % 5 > 0 then now() - n * interval '1 hour' end
      from generate_series(1, $3::int) as n, groups`,
      projectId,
      runners.map(({ id }) => id),
      count,
      ways,
    );
  }
  await db.$executeRawUnsafe(`vacuum analyze "Profile"`);
  const [{ id: projectId, owner }] = projects;
  const ctx = { db, actor: actorOf(owner), clock: systemClock, logger: createLogger("silent") };
  const [group] = await db.profileGroup.findMany({ where: { projectId }, orderBy: { name: "asc" }, take: 1 });
  const [proxy] = await db.$queryRaw<{ id: string }[]>`select settings->'proxy'->>'proxyId' as id from "Profile"
    where "projectId" = ${projectId}::uuid and settings->'proxy'->>'kind' = 'proxy' limit 1`;
  return {
    projectId,
    groupId: group?.id ?? "",
    poolId: ways[0] ?? "",
    proxyId: proxy?.id ?? "",
    list: (filter: Filter) => listProfiles(ctx, listProfilesInput.parse({ projectId, ...filter })),
    count: (filter: Filter) => countProfiles(ctx, listProfilesInput.parse({ projectId, ...filter })),
    summary: () => summarizeProfiles(ctx, { projectId }),
    close: () => db.$disconnect(),
  };
}

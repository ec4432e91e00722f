import { type AlertContent, PROFILES_PER_EVENT, profileEvent } from "@deskhand/shared/schemas/alert";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { describeMissed, describeRefused } from "./describe-schedules.ts";
import { raiseAlert } from "./raise-alert.ts";

/** Most events that one look tells of; the next goes on. */
const BATCH = 1000;

type Noted = { id: string; projectId: string; type: string; subjectId: string };

/**
 * Puts what was noted into alerts: of profiles as many of a kind as there are, up to a hundred. May run in several processes.
 * @returns how many alerts
 */
export async function tellEvents(ctx: Context, { publicUrl }: { publicUrl: string }): Promise<number> {
  return ctx.db.$transaction(async (tx) => {
    // taken by one process; Prisma has no "skip locked"
    const noted = await tx.$queryRaw<Noted[]>`
      delete from "Event" where id in (select id from "Event" order by at, id limit ${BATCH} for update skip locked)
      returning id, "projectId", type, "subjectId"`;
    let raised = 0;
    for (const group of Map.groupBy(noted, ({ projectId, type }) => `${projectId} ${type}`).values()) {
      for (let at = 0; at < group.length; at += PROFILES_PER_EVENT) {
        const some = group.slice(at, at + PROFILES_PER_EVENT);
        const [first] = some;
        const content = first && (await describe(tx, first, some, publicUrl));
        for (const one of content ?? []) {
          if (await raiseAlert(tx, ctx, { projectId: first?.projectId ?? "", cause: causeOf(one, first?.id), content: one })) raised += 1;
        }
      }
    }
    return raised;
  });
}

/** `eventId`: of the first of those that are told together. */
function causeOf(content: AlertContent, eventId: string | undefined): string {
  if (content.type === "schedule.missed") return `${content.type}:${content.data.firing.id}`;
  if (content.type === "schedule.refused") return `${content.type}:${content.data.order.id}`;
  return `${content.type}:${eventId}${content.type === "proxy.failed" ? `:${content.data.proxy.id}` : ""}`;
}

async function describe(tx: Tx, { projectId, type }: Noted, some: Noted[], publicUrl: string): Promise<AlertContent[]> {
  const project = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { id: true, name: true } });
  const ids = some.map(({ subjectId }) => subjectId);
  if (type === "schedule.missed") return describeMissed(tx, project, ids, publicUrl);
  if (type === "schedule.refused") return describeRefused(tx, project, ids, publicUrl);
  if (type === "proxy.failed") {
    const proxies = await tx.proxy.findMany({ where: { id: { in: ids }, failureCode: { not: null } } });
    return proxies.map(({ id, name, host, port, failureCode }) => {
      const proxy = { id, name: name ?? `${host}:${port}` };
      return { type, data: { project, proxy, code: failureCode ?? "INTERNAL", url: `${publicUrl}/dashboard/proxies` } };
    });
  }
  const kind = profileEvent.safeParse(type).data;
  const profiles = await tx.profile.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true, runner: { select: { id: true, name: true } } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const [only] = profiles;
  if (!kind || !only) return [];
  const url = profiles.length === 1 ? `${publicUrl}/dashboard/profiles/${only.id}` : `${publicUrl}/dashboard/profiles`;
  return [{ type: kind, data: { project, profiles, url } }];
}

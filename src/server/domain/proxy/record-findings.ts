import { type ProxyFinding, proxyFinding } from "@deskhand/shared/schemas/proxy";
import * as z from "zod";
import type { Query } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import type { Signal } from "@/server/signals";

const result = z.object({ findings: z.array(proxyFinding) });

type Told = { projectId: string; runnerId: string; result: Record<string, unknown> | undefined; at: Date };

/** Keeps what a runner's check found, as far as it is of this project's proxies. */
export async function recordFindings(query: Query, { projectId, result: told, at }: Told): Promise<Signal[]> {
  const read = result.safeParse(told);
  return read.success ? keepFindings(query, projectId, read.data.findings, at) : [];
}

/** As {@link recordFindings}, of findings that were read. A failure leaves the exit that was found before. */
export async function keepFindings(query: Query, projectId: string, findings: readonly ProxyFinding[], at: Date): Promise<Signal[]> {
  if (findings.length === 0) return [];
  const rows = findings.map(({ proxyId, exit, latencyMs, failureCode }) => ({ proxyId, ...exit, ...exit?.place, latencyMs, failureCode }));
  const failing = await query<{ id: string }>(
    `select p.id from "Proxy" p join jsonb_to_recordset($1::jsonb) as f("proxyId" uuid, "failureCode" text) on f."proxyId" = p.id
     where p."projectId" = $2::uuid and f."failureCode" is not null and p."failureCode" is null`,
    JSON.stringify(rows),
    projectId,
  );
  await noteEvents(query, { projectId, type: "proxy.failed", ids: failing.map(({ id }) => id), at });
  await query(
    `update "Proxy" p set "checkedAt" = $3::timestamptz, "failureCode" = f."failureCode", "latencyMs" = f."latencyMs",
      "exitAddress" = coalesce(f.address, p."exitAddress"),
      "exitCountry" = case when f.address is null then p."exitCountry" else f.country end,
      "exitTimeZone" = case when f.address is null then p."exitTimeZone" else f."timeZone" end,
      "exitLatitude" = case when f.address is null then p."exitLatitude" else f.latitude end,
      "exitLongitude" = case when f.address is null then p."exitLongitude" else f.longitude end
    from jsonb_to_recordset($1::jsonb) as f("proxyId" uuid, address text, country text, "timeZone" text, latitude double precision,
      longitude double precision, "latencyMs" int, "failureCode" text)
    where p.id = f."proxyId" and p."projectId" = $2::uuid`,
    JSON.stringify(rows),
    projectId,
    at,
  );
  return [{ kind: "change", projectId, topic: "proxy", id: findings[0]?.proxyId ?? projectId }];
}

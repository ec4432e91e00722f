import type { ProfileReport } from "@deskhand/shared/protocol/profile-report";
import type { Query } from "@/server/db";

type Told = { runnerId: string; profiles: ProfileReport["profiles"]; at: Date };

/**
 * Adds what has gone over proxies besides runs: in windows, kept sessions and connected programs. A runner tells sums, so that a report
 * which comes twice counts once; a sum that is smaller than the last one is that of a runner which has begun anew.
 */
export async function recordSessionBytes(query: Query, { runnerId, profiles, at }: Told): Promise<void> {
  const rows = profiles.flatMap(({ profileId, facts }) => (facts.proxyBytes ?? []).map((one) => ({ profileId, ...one })));
  if (rows.length === 0) return;
  // what a runner says of profiles and proxies of others is passed over; held in one order, as everybody who holds several
  await query(
    `with given as (
      select g."profileId", g."proxyId", g.sent, g.received from jsonb_to_recordset($1::jsonb) as g("profileId" uuid, "proxyId" uuid, sent bigint, received bigint)
      join "Profile" p on p.id = g."profileId" and p."runnerId" = $2::uuid
      join "Proxy" x on x.id = g."proxyId" and x."projectId" = p."projectId"
    ), fresh as (
      select g.*, g.sent - case when t."bytesSent" <= g.sent then t."bytesSent" else 0 end as "newSent",
        g.received - case when t."bytesReceived" <= g.received then t."bytesReceived" else 0 end as "newReceived"
      from given g
      left join "ProxyBytesTold" t on t."runnerId" = $2::uuid and t."profileId" = g."profileId" and t."proxyId" = g."proxyId"
    ), told as (
      insert into "ProxyBytesTold" ("runnerId", "profileId", "proxyId", "bytesSent", "bytesReceived")
      select $2::uuid, "profileId", "proxyId", sent, received from fresh order by "profileId", "proxyId"
      on conflict ("runnerId", "profileId", "proxyId") do update
        set "bytesSent" = excluded."bytesSent", "bytesReceived" = excluded."bytesReceived"
    )
    insert into "ProxyUsage" ("profileId", "proxyId", "bytesSent", "bytesReceived", "lastUsedAt")
    select "profileId", "proxyId", "newSent", "newReceived", $3::timestamptz from fresh
    where "newSent" + "newReceived" > 0 order by "profileId", "proxyId"
    on conflict ("profileId", "proxyId") do update set "lastUsedAt" = excluded."lastUsedAt",
      "bytesSent" = "ProxyUsage"."bytesSent" + excluded."bytesSent", "bytesReceived" = "ProxyUsage"."bytesReceived" + excluded."bytesReceived"`,
    JSON.stringify(rows),
    runnerId,
    at,
  );
}

import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import type { ProxyFinding } from "@deskhand/shared/schemas/proxy";
import type { Query } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import type { Signal } from "@/server/signals";
import { keepFindings } from "./record-findings.ts";

type Use = { projectId: string; runId: string; profileId: string; events: readonly RunEvent[]; at: Date };

/** Keeps what a run says of the proxies that it left through: bytes by profile and proxy, the exit that it found, and failures. */
export async function recordProxyUse(query: Query, { projectId, runId, profileId, events, at }: Use): Promise<Signal[]> {
  const used = events.filter((event) => event.kind === "proxy-used");
  if (used.length > 0) {
    // a proxy that was deleted meanwhile, and one of another project, is passed over
    await query(
      `insert into "ProxyUsage" ("profileId", "proxyId", "bytesSent", "bytesReceived", "lastUsedAt")
      select $2::uuid, u."proxyId", sum(u."bytesSent"), sum(u."bytesReceived"), $4::timestamptz
      from jsonb_to_recordset($1::jsonb) as u("proxyId" uuid, "bytesSent" bigint, "bytesReceived" bigint)
      join "Proxy" p on p.id = u."proxyId" and p."projectId" = $3::uuid group by u."proxyId"
      on conflict ("profileId", "proxyId") do update set "lastUsedAt" = excluded."lastUsedAt",
        "bytesSent" = "ProxyUsage"."bytesSent" + excluded."bytesSent", "bytesReceived" = "ProxyUsage"."bytesReceived" + excluded."bytesReceived"`,
      JSON.stringify(used),
      profileId,
      projectId,
      at,
    );
  }
  // the exit that it left by in the end
  const exit = events.findLast((event) => event.kind === "proxy-exit");
  if (exit) await query(`update "Run" set "proxyMismatch" = $2 where id = $1::uuid`, runId, exit.mismatch);
  if (exit?.mismatch) {
    const blocked = await query<{ id: string }>(
      `select id from "Profile" where id = $1::uuid and "projectId" = $2::uuid and settings->>'onMismatch' = 'block'`,
      profileId,
      projectId,
    );
    await noteEvents(query, { projectId, type: "profile.proxy-mismatch", ids: blocked.map(({ id }) => id), at });
  }
  const findings = new Map<string, ProxyFinding>();
  for (const event of events) {
    if (event.kind === "proxy-exit") {
      const { proxyId, exit, latencyMs } = event;
      findings.set(proxyId, { proxyId, exit, latencyMs, failureCode: null });
    }
    if (event.kind === "proxy-failed") {
      const { proxyId, failureCode } = event;
      findings.set(proxyId, { proxyId, exit: null, latencyMs: null, failureCode });
    }
  }
  const told = await keepFindings(query, projectId, [...findings.values()], at);
  const [first] = used;
  return told.length > 0 || !first ? told : [{ kind: "change", projectId, topic: "proxy", id: first.proxyId }];
}

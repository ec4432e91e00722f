import type { Query } from "@/server/db";
import type { Signal } from "@/server/signals";

/**
 * The runner did not take what this `proxy.configure` told it of, so it is not said any more that it has these proxies and pools; within
 * the caller's transaction. What was changed meanwhile stays as its own order says.
 */
export async function forgetListener(query: Query, commandId: string): Promise<Signal[]> {
  const forget = (table: "Proxy" | "ProxyPool", list: "proxies" | "pools") =>
    query<{ id: string; projectId: string }>(
      `update "${table}" p set "knownTo" = array_remove(p."knownTo", c."runnerId")
       from "Command" c, jsonb_to_recordset(c.payload -> '${list}') as told(id uuid, revision int)
       where c.id = $1::uuid and p.id = told.id and p.revision = told.revision and p."projectId" = c."projectId"
         and c."runnerId" = any(p."knownTo")
       returning p.id, p."projectId"`,
      commandId,
    );
  const [first] = [...(await forget("Proxy", "proxies")), ...(await forget("ProxyPool", "pools"))];
  return first ? [{ kind: "change", projectId: first.projectId, topic: "proxy", id: first.id }] : [];
}

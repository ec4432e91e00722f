import type { Context } from "@/server/context";
import type { Query } from "@/server/db";
import { putBackProfiles } from "@/server/domain/profile/put-back-profiles";
import { forgetListener } from "@/server/domain/proxy/forget-listener";
import type { Signal } from "@/server/signals";
import type { HeldCommand } from "./change-state.ts";

/**
 * What follows when a task ends without its runner's word: it expired, was refused or cancelled, or its runner is lost or revoked. What the
 * runner was to delete may still be there, so it is there again for people too; and it is not said to have what it was never told. In the
 * transaction that ends it. Ends that the runner told are in task-effects.ts; moves and copies end by their own sweeps.
 */
export async function endUntold(query: Query, ctx: Context, command: HeldCommand): Promise<Signal[]> {
  const { id: commandId, kind, projectId, runnerId, failureCode } = command;
  if (kind === "proxy.configure") return forgetListener(query, commandId);
  if (kind !== "profile.delete" && kind !== "profiles.delete") return [];
  const ids = await askedToDelete(query, commandId);
  return ids ? putBackProfiles(query, ctx, { projectId, runnerId, commandId, ids, failureCode }) : [];
}

/** The profiles that it was to delete; undefined for those that were to end for good, which stay out of sight. */
export async function askedToDelete(query: Query, commandId: string): Promise<string[] | undefined> {
  const [asked] = await query<{ ids: string[] }>(
    `select coalesce(payload -> 'profileIds', jsonb_build_array(payload ->> 'profileId')) as ids from "Command"
     where id = $1::uuid and (payload ->> 'keepMs')::bigint > 0`,
    commandId,
  );
  return asked?.ids;
}

import type { Context } from "@/server/context";
import { type HolderNames, type RunRow, waitsForHolder } from "./view.ts";

/** Who asked for what the profiles of these runs are in use by: the run, or the command that opened a window or session. */
export async function findHolderNames({ db }: Context, runs: readonly RunRow[]): Promise<HolderNames> {
  const holderIds = runs.filter(waitsForHolder).flatMap(({ profile }) => profile.holderId ?? []);
  if (holderIds.length === 0) return new Map();
  const commands = await db.command.findMany({
    where: { OR: [{ id: { in: holderIds } }, { runId: { in: holderIds } }], requestedById: { not: null } },
    select: { id: true, runId: true, requestedById: true },
  });
  const users = await db.user.findMany({
    where: { id: { in: commands.flatMap(({ requestedById }) => requestedById ?? []) } },
    select: { id: true, name: true },
  });
  const byId = new Map(users.map(({ id, name }) => [id, name]));
  return new Map(
    commands.flatMap(({ id, runId, requestedById }) => {
      const name = byId.get(requestedById ?? "");
      return name ? [[runId ?? id, name] as const] : [];
    }),
  );
}

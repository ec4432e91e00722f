import { type ProfileView, profilePage } from "@deskhand/shared/schemas/profile";
import { collect, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { readCount } from "../../flag-values.ts";
import { findRunner } from "../../lookup.ts";
import { accessFrom } from "../../settings.ts";

export type ListFlags = { search?: string; runner?: string; limit?: string };

/** `deskhand profiles list` */
export async function listProfiles(flags: ListFlags, { env, output }: CommandContext): Promise<number> {
  const limit = readCount("--limit", flags.limit, { usual: 100, most: 10_000 });
  const api = createApi(accessFrom(env));
  const runnerId = flags.runner ? (await findRunner(api, flags.runner)).id : undefined;
  const items = await collect(limit, (cursor, size) =>
    api.get("/profiles", profilePage, { search: flags.search, runnerId, cursor, limit: size }),
  );
  for (const profile of items) output.tell({ type: "profile", ...facts(profile) }, line(profile));
  output.result({ count: items.length }, items.length === 0 ? "There are no such profiles." : undefined);
  return 0;
}

export function facts({ id, ...profile }: ProfileView): Record<string, unknown> {
  return { profileId: id, ...profile };
}

function line({ id, name, engine, state, runnerName }: ProfileView): string {
  return `${id}  ${state.padEnd(7)}  ${engine.padEnd(9)}  ${name} (${runnerName})`;
}

import { type ProfileView, profilePage } from "@deskhand/shared/schemas/profile";
import { profileSort, sortDirection } from "@deskhand/shared/schemas/profile-filter";
import * as z from "zod";
import { collectUpTo, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";
import type { FilterFlags } from "../../filter-flags.ts";
import { readCount } from "../../flag-values.ts";
import { listed } from "../../listed.ts";
import { accessFrom } from "../../settings.ts";
import { readFilter } from "./targets.ts";

export type ListFlags = FilterFlags & { limit?: string; deleted?: boolean; sort?: string; direction?: string };

/** `deskhand profiles list` */
export async function listProfiles(flags: ListFlags, { env, output }: CommandContext): Promise<number> {
  const limit = readCount("--limit", flags.limit, { usual: 100, most: 10_000 });
  const api = createApi(accessFrom(env));
  const { tags, ...filter } = await readFilter(api, flags);
  const { sort, direction } = orderOf(flags);
  const which = flags.deleted ? "deleted" : "present";
  const found = await collectUpTo(limit, (cursor, size) =>
    api.get("/profiles", profilePage, { ...filter, tags: tags?.join(","), sort, direction, which, cursor, limit: size }),
  );
  for (const profile of found.items) output.tell({ type: "profile", ...facts(profile) }, line(profile));
  output.result(...listed("profiles", found));
  return 0;
}

function orderOf({ sort, direction }: ListFlags) {
  const read = z.object({ sort: profileSort.optional(), direction: sortDirection.optional() }).safeParse({ sort, direction });
  if (read.success) return read.data;
  throw usageError("That is no order.", `--sort is one of ${profileSort.options.join(", ")}; --direction is asc or desc.`);
}

export function facts({ id, ...profile }: ProfileView): Record<string, unknown> {
  return { profileId: id, ...profile };
}

function line({ id, name, engine, state, runnerName }: ProfileView): string {
  return `${id}  ${state.padEnd(7)}  ${engine.padEnd(9)}  ${name} (${runnerName})`;
}

import { type ProfileFilter, profileFilter, profileSort, sortDirection } from "@deskhand/shared/schemas/profile-filter";
import type * as z from "zod";

/** What the list shows, as the address says it. */
export type ProfileListView = {
  filter: ProfileFilter;
  sort: z.infer<typeof profileSort>;
  direction: z.infer<typeof sortDirection>;
  /** Those that can be brought back, instead of those that are there. */
  deleted: boolean;
};

const keys = {
  search: "search",
  runnerId: "runner",
  groupId: "group",
  tagMode: "tags-mode",
  state: "state",
  engine: "engine",
  through: "through",
  flags: "flags",
} as const;

/** Reads the view of an address; what cannot be understood is left out rather than shown as an error. */
export function readProfileView(search: { get(name: string): string | null }): ProfileListView {
  const asked: Record<string, unknown> = {};
  for (const [key, name] of Object.entries(keys)) {
    const value = search.get(name);
    const one = value ? profileFilter.shape[key as keyof typeof keys].safeParse(value) : undefined;
    if (one?.success && one.data !== undefined) asked[key] = one.data;
  }
  const tags = search.get("tags");
  if (tags) asked.tags = tags;
  const filter = profileFilter.safeParse(asked);
  return {
    filter: filter.success ? filter.data : {},
    sort: profileSort.catch("created").parse(search.get("sort")),
    direction: sortDirection.catch("desc").parse(search.get("direction")),
    deleted: search.get("view") === "deleted",
  };
}

/** The address of the list that shows this. */
export function profilesAddress({ filter, sort, direction, deleted }: ProfileListView): string {
  const search = new URLSearchParams();
  for (const [key, name] of Object.entries(keys)) {
    const value = filter[key as keyof typeof keys];
    if (value) search.set(name, value);
  }
  if (filter.tags?.length) search.set("tags", filter.tags.join(","));
  if (sort !== "created") search.set("sort", sort);
  if (direction !== "desc") search.set("direction", direction);
  if (deleted) search.set("view", "deleted");
  const text = search.toString();
  return text ? `/dashboard/profiles?${text}` : "/dashboard/profiles";
}

/** Without what is empty, so that two filters that say the same are the same. */
export function tidy(filter: ProfileFilter): ProfileFilter {
  return Object.fromEntries(
    Object.entries(filter).filter(
      ([key, value]) => value !== undefined && value !== "" && !(key === "tags" && (value as string[]).length === 0),
    ),
  );
}

/** Which way an order goes first: names from A on, all else with the newest or largest first. */
export function usualDirection(sort: ProfileListView["sort"]): ProfileListView["direction"] {
  return sort === "name" ? "asc" : "desc";
}

export function isFiltered(filter: ProfileFilter): boolean {
  return Object.keys(tidy(filter)).some((key) => key !== "tagMode");
}

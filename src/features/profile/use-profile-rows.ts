import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import type { ProfileListView } from "./profile-view.ts";

/** Rows that are asked for together. */
export const PAGE = 100;

/** The rows of a list however long: only the pages that are looked at are there, and asked for again when something changes. */
export function useProfileRows({ filter, sort, direction, deleted }: ProfileListView, shown: { first: number; last: number }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  const which = deleted ? ("deleted" as const) : ("present" as const);
  const counted = useQuery(trpc.profile.count.queryOptions({ projectId, ...filter, which }, { placeholderData: keepPreviousData }));
  const pageOptions = (page: number) =>
    trpc.profile.list.queryOptions({ projectId, ...filter, which, sort, direction, limit: PAGE, offset: page * PAGE });
  const first = Math.floor(Math.max(0, shown.first) / PAGE);
  const last = Math.max(first, Math.floor(Math.max(0, shown.last) / PAGE));
  const pages = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const results = useQueries({ queries: pages.map((page) => ({ ...pageOptions(page), placeholderData: keepPreviousData })) });
  const byPage = new Map(pages.map((page, n) => [page, results[n]]));
  // before it is counted, a first page that is not full says how many there are
  const beginning = byPage.get(0)?.data?.items.length;
  const count = counted.data?.count ?? beginning ?? 0;

  return {
    count,
    isPending: counted.isPending && results.every(({ isPending }) => isPending),
    error: counted.data ? null : (counted.error ?? results.find(({ error }) => error)?.error ?? null),
    refetch: () => {
      void counted.refetch();
      for (const result of results) void result.refetch();
    },
    /** Undefined while it is on its way. */
    row: (index: number): ProfileView | undefined => {
      const loaded = byPage.get(Math.floor(index / PAGE))?.data;
      return (loaded ?? queryClient.getQueryData(pageOptions(Math.floor(index / PAGE)).queryKey))?.items[index % PAGE];
    },
    /** The ids of these rows, the last one included, also of those that were never looked at. */
    async idsBetween(from: number, to: number): Promise<string[]> {
      const [low, high] = from < to ? [from, to] : [to, from];
      const wanted = Array.from({ length: Math.floor(high / PAGE) - Math.floor(low / PAGE) + 1 }, (_, n) => Math.floor(low / PAGE) + n);
      const loaded = await Promise.all(wanted.map((page) => queryClient.fetchQuery({ ...pageOptions(page), staleTime: 30_000 })));
      const ids = loaded.flatMap(({ items }) => items.map(({ id }) => id));
      const start = low % PAGE;
      return ids.slice(start, start + high - low + 1);
    },
  };
}
export type ProfileRows = ReturnType<typeof useProfileRows>;

import type { Query, QueryClient } from "@tanstack/react-query";

/**
 * Asks again for the answers that are out of date, and resolves when the new ones are there. A first answer that is still on its way may
 * have been read before the change; react-query would take it for the new one, so that one is asked for once more when it has come.
 */
export async function askAgain(queryClient: QueryClient, isOutdated: (queryKey: readonly unknown[]) => boolean): Promise<void> {
  const predicate = ({ queryKey }: Pick<Query, "queryKey">) => isOutdated(queryKey);
  const first = queryClient
    .getQueryCache()
    .findAll({ predicate, fetchStatus: "fetching" })
    .filter(({ state }) => state.data === undefined);
  await queryClient.invalidateQueries({ predicate });
  if (first.length > 0) await queryClient.invalidateQueries({ predicate: (query) => first.includes(query) });
}

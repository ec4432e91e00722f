import { type QueryClient, QueryObserver } from "@tanstack/react-query";

type Deleted = {
  /** Begins with the path of a list of profiles, so that their changes have it asked again. */
  queryKey: readonly unknown[];
  /** How many of those that were deleted still are. */
  countDeleted: () => Promise<number>;
  /** How many there were. */
  count: number;
  /** Called once, with how many are not deleted any more. */
  onBack: (back: number) => void;
};

/** Watches profiles that were deleted until one of them is there again: their runner refused it, or somebody else brought it back. @returns what ends it */
export function watchDeleted(queryClient: QueryClient, { queryKey, countDeleted, count, onBack }: Deleted): () => void {
  const observer = new QueryObserver(queryClient, { queryKey, queryFn: countDeleted, retry: false, gcTime: 0 });
  const stop = observer.subscribe(({ data }) => {
    if (data === undefined || data >= count) return;
    stop();
    onBack(count - data);
  });
  return stop;
}

import type { Page } from "../schemas/common.ts";

/** A list of the server's, newest first, that is fetched as it is read: `for await (const profile of client.profiles.list())`. */
export type Paged<T> = AsyncIterable<T> & {
  /** One page of it. */
  page(cursor?: string): Promise<Page<T>>;
  /** All of it, or the first so many. */
  all(most?: number): Promise<T[]>;
};

export function paged<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Paged<T> {
  async function* each() {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await page(cursor);
      yield* items;
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  return {
    page,
    async all(most = Number.POSITIVE_INFINITY) {
      const items: T[] = [];
      for await (const item of each()) {
        if (items.length >= most) break;
        items.push(item);
      }
      return items;
    },
    [Symbol.asyncIterator]: each,
  };
}

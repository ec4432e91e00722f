type Page<Item> = { items: Item[]; nextCursor: string | null };

/** All of a list, a page after the other; `ask` is called with the cursor of each. For lists that are chosen from, which are not endless. */
export async function allPages<Item>(ask: (cursor: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await ask(cursor);
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = page.nextCursor;
  }
}

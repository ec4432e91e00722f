/** How a list of up to `--limit` ends: what there is none of, and whether it goes on. */
export function listed(
  what: string,
  { items, more }: { items: readonly unknown[]; more: boolean },
): [Record<string, unknown>, string | undefined] {
  const line = more
    ? `These are the first ${items.length}, and there are more: --limit shows as many as you say.`
    : items.length === 0
      ? `There are no such ${what}.`
      : undefined;
  return [{ count: items.length, more }, line];
}

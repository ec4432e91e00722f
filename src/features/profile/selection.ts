/** Which rows are chosen: these, or all that match but these. */
export type Selection = { all: boolean; ids: ReadonlySet<string> };

export const nothing: Selection = { all: false, ids: new Set() };
export const everything: Selection = { all: true, ids: new Set() };

export function isSelected({ all, ids }: Selection, id: string): boolean {
  return ids.has(id) !== all;
}

/** How many are chosen of `count` rows. */
export function selectedCount({ all, ids }: Selection, count: number): number {
  return all ? Math.max(0, count - ids.size) : ids.size;
}

export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ...selection, ids };
}

/** Chooses these besides what is chosen. */
export function add({ all, ids }: Selection, more: readonly string[]): Selection {
  const next = new Set(ids);
  for (const id of more) {
    if (all) next.delete(id);
    else next.add(id);
  }
  return { all, ids: next };
}

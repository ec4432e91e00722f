import type { MouseEvent } from "react";

type RowClick = { index: number } & (
  | { kind: "menu" }
  /** As a table is chosen from: with Shift all up to here, with Ctrl or by the box besides what is chosen. */
  | { kind: "pick"; range: boolean; more: boolean }
  | { kind: "link"; href: string }
);

/** What a click somewhere in the rows is for; undefined for what is the browser's, or that of something which handles it itself. */
export function rowClick(event: MouseEvent): RowClick | undefined {
  const target = event.target as Element;
  const row = target.closest<HTMLElement>("[data-index]");
  if (!row) return undefined;
  const index = Number(row.dataset.index);
  const { shiftKey, ctrlKey, metaKey, altKey } = event;
  const href = target.closest("a")?.getAttribute("href");
  if (href) return shiftKey || ctrlKey || metaKey || altKey || event.defaultPrevented ? undefined : { index, kind: "link", href };
  if (target.closest("[data-menu]")) return { index, kind: "menu" };
  if (target.closest("button, [role=menu], [role=dialog]")) return undefined;
  return { index, kind: "pick", range: shiftKey, more: ctrlKey || metaKey || target.closest("input") !== null };
}

import { type KeyboardEvent, useCallback, useRef, useState } from "react";
import { add, everything, nothing, type Selection, toggle } from "./selection.ts";
import type { ProfileRows } from "./use-profile-rows.ts";

type Options = {
  rows: ProfileRows;
  setSelection: (change: (before: Selection) => Selection) => void;
  onOpen: (index: number) => void;
};

/** Arrows move, Shift with them and Space choose, Ctrl+A chooses all, Esc none, Enter opens. */
export function useTableKeys({ rows, setSelection, onOpen }: Options) {
  const [cursor, setCursor] = useState<number | null>(null);
  const anchor = useRef<number | null>(null);
  const latest = useRef(rows);
  latest.current = rows;

  const choose = useCallback(
    async (from: number, to: number) => {
      const ids = await latest.current.idsBetween(from, to);
      setSelection((before) => add(before, ids));
    },
    [setSelection],
  );
  const onPick = useCallback(
    (index: number, id: string, { range, more }: { range: boolean; more: boolean }) => {
      setCursor(index);
      if (range && anchor.current !== null) void choose(anchor.current, index);
      else {
        anchor.current = index;
        setSelection((before) => toggle(more ? before : nothing, id));
      }
    },
    [choose, setSelection],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    // keys in a menu or on a button of a row are its own
    const isOwn = event.target === event.currentTarget;
    const last = rows.count - 1;
    const at = cursor ?? -1;
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: Math.max(at, 1) - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: last,
    };
    if (event.key === "Escape") {
      setSelection(() => nothing);
      anchor.current = null;
    } else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      setSelection(() => everything);
    } else if (isOwn && event.key === " " && at >= 0) {
      const profile = rows.row(at);
      if (profile) setSelection((before) => toggle(before, profile.id));
      anchor.current = at;
    } else if (isOwn && event.key === "Enter" && at >= 0) {
      onOpen(at);
    } else if (isOwn && event.key in steps && last >= 0) {
      const next = Math.min(last, Math.max(0, steps[event.key] ?? 0));
      if (event.shiftKey) {
        anchor.current ??= Math.max(0, at);
        void choose(anchor.current, next);
      } else anchor.current = next;
      setCursor(next);
    } else return;
    event.preventDefault();
  };
  return { cursor, onPick, onKeyDown, forget: () => setCursor(null) };
}
export type TableKeys = ReturnType<typeof useTableKeys>;

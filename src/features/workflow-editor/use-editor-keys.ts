import { type Dispatch, type RefObject, useEffect, useRef } from "react";
import { notifyDone } from "@/components/notify";
import { copySteps, readSteps } from "./model/clipboard.ts";
import { type EditorAction, type EditorState, placeAfterSelection, selectedIds } from "./model/editor-state.ts";
import { actionOfKey } from "./model/keyboard.ts";

type Props = { state: EditorState; dispatch: Dispatch<EditorAction>; view: RefObject<HTMLElement | null>; onEnter: () => void };

/** The keys of the editor. Undo and redo work anywhere but in fields; the others while the steps have the focus, or nothing has. */
export function useEditorKeys({ state, dispatch, view, onEnter }: Props): void {
  const latest = useRef({ state, onEnter });
  latest.current = { state, onEnter };

  useEffect(() => {
    const isInSteps = () => {
      const { activeElement } = document;
      return activeElement === null || activeElement === document.body || (view.current?.contains(activeElement) ?? false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isField(event.target)) return;
      const command = event.ctrlKey || event.metaKey;
      if (!isInSteps() && !(command && /^[zy]$/i.test(event.key))) return;
      const inSteps = latest.current.state;
      if (event.key === "Enter" && !command && !event.altKey && inSteps.selection) {
        // what has the focus may do something of its own
        const { activeElement } = document;
        if (activeElement instanceof HTMLButtonElement && !activeElement.dataset.step) return;
        event.preventDefault();
        latest.current.onEnter();
        return;
      }
      const action = actionOfKey(inSteps, { key: event.key, shift: event.shiftKey, alt: event.altKey, command });
      if (!action) return;
      event.preventDefault();
      dispatch(action);
    };
    const onClipboard = (event: ClipboardEvent) => {
      if (isField(event.target) || !isInSteps() || !event.clipboardData) return;
      const { state: now } = latest.current;
      if (event.type === "paste") {
        const steps = readSteps(event.clipboardData.getData("text/plain"));
        if (!steps) return;
        dispatch({ do: "insert", place: placeAfterSelection(now), steps });
      } else {
        const ids = selectedIds(now);
        // a text that is marked on the page is what is meant
        if (ids.length === 0 || !getSelection()?.isCollapsed) return;
        event.clipboardData.setData("text/plain", copySteps(now.document, ids));
        if (event.type === "cut") dispatch({ do: "remove", ids });
        else notifyDone(ids.length === 1 ? "The step was copied." : `${ids.length} steps were copied.`);
      }
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    for (const type of ["copy", "cut", "paste"] as const) window.addEventListener(type, onClipboard);
    return () => {
      window.removeEventListener("keydown", onKey);
      for (const type of ["copy", "cut", "paste"] as const) window.removeEventListener(type, onClipboard);
    };
  }, [dispatch, view]);

  // the focus follows the choice, but only from step to step
  const head = state.selection?.head;
  useEffect(() => {
    const { activeElement } = document;
    const steps = view.current;
    if (head === undefined || !steps) return;
    const row = steps.querySelector<HTMLElement>(`button[data-step="${head}"]`);
    const wasInSteps = activeElement === document.body || (steps.contains(activeElement) && !isField(activeElement));
    if (row && wasInSteps && activeElement !== row) row.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }, [head, view]);
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=menu], [role=listbox]") !== null;
}

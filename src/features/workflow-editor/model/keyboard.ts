import { listNames, listOf, nodeOf, placeOf, visitSteps } from "./document.ts";
import { type EditorAction, type EditorState, selectedIds } from "./editor-state.ts";

type Key = { key: string; shift: boolean; alt: boolean; command: boolean };

/** What a key does to the steps, wherever they are shown; null when it does nothing. Text fields never ask. */
export function actionOfKey(state: EditorState, { key, shift, alt, command }: Key): EditorAction | null {
  const ids = selectedIds(state);
  const letter = key.toLowerCase();
  if (command) {
    if (letter === "z") return { do: shift ? "redo" : "undo" };
    if (letter === "y") return { do: "redo" };
    if (letter === "d" && ids.length > 0) return { do: "duplicate", ids };
    return null;
  }
  if (alt) return moveOfKey(state, ids, key);
  switch (key) {
    case "ArrowDown":
    case "ArrowUp":
      return shift ? extend(state, key === "ArrowDown" ? 1 : -1) : step(state, key === "ArrowDown" ? 1 : -1);
    case "ArrowLeft": {
      const place = state.selection && placeOf(state.document, state.selection.head);
      return place?.parent ? { do: "select", id: place.parent } : null;
    }
    case "ArrowRight": {
      const node = state.selection && nodeOf(state.document, state.selection.head);
      const [child] = node ? listNames(node.step).flatMap((field) => node.lists[field] ?? []) : [];
      return child ? { do: "select", id: child } : null;
    }
    case "Home":
    case "End": {
      const all = visitSteps(state.document);
      const visit = key === "Home" ? all[0] : all.at(-1);
      return visit ? { do: "select", id: visit.id } : null;
    }
    case "Delete":
    case "Backspace":
      return ids.length > 0 ? { do: "remove", ids } : null;
    case "Escape":
      return { do: "select", id: null };
    default:
      return null;
  }
}

function step(state: EditorState, by: 1 | -1): EditorAction | null {
  const all = visitSteps(state.document);
  const at = all.findIndex(({ id }) => id === state.selection?.head);
  const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by];
  return next ? { do: "select", id: next.id } : null;
}

function extend(state: EditorState, by: 1 | -1): EditorAction | null {
  const place = state.selection && placeOf(state.document, state.selection.head);
  const next = place && listOf(state.document, place)[place.index + by];
  return next ? { do: "select", id: next, extend: true } : null;
}

/** Up and down among neighbours and out of a block at its end; right into the block before, left out of the block around. */
function moveOfKey(state: EditorState, ids: readonly string[], key: string): EditorAction | null {
  const { document } = state;
  const [first] = ids;
  const place = first === undefined ? null : placeOf(document, first);
  if (!place) return null;
  const around = place.parent === null ? null : placeOf(document, place.parent);
  const count = listOf(document, place).length;
  const isAtEnd = place.index + ids.length >= count;
  if (key === "ArrowUp" && place.index > 0) return { do: "move", ids, place: { ...place, index: place.index - 1 } };
  if (key === "ArrowUp" && around) return { do: "move", ids, place: around };
  if (key === "ArrowDown" && !isAtEnd) return { do: "move", ids, place: { ...place, index: place.index + ids.length + 1 } };
  if ((key === "ArrowDown" || key === "ArrowLeft") && around) return { do: "move", ids, place: { ...around, index: around.index + 1 } };
  if (key === "ArrowRight") {
    const before = listOf(document, place)[place.index - 1];
    const [list] = before === undefined ? [] : listNames(nodeOf(document, before).step);
    if (before === undefined || list === undefined) return null;
    return { do: "move", ids, place: { parent: before, list, index: nodeOf(document, before).lists[list]?.length ?? 0 } };
  }
  return null;
}

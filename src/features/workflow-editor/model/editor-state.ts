import { type EditorDocument, listOf, type Place, placeOf, readDocument, type StepJson, visitSteps } from "./document.ts";
import { duplicateSteps, insertSteps, moveSteps, removeSteps, unwrapStep, updateStep, wrapSteps } from "./operations.ts";

/** Steps that stand beside each other, from `anchor` to `head`; the head is the one that the keyboard is at. */
export type Selection = { anchor: string; head: string } | null;
type Moment = { document: EditorDocument; selection: Selection };

export type EditorState = Moment & {
  past: readonly Moment[];
  future: readonly Moment[];
  /** What the last change was about: the next one about the same is undone together with it. */
  group: string | null;
};

export type EditorAction =
  | { do: "insert"; place: Place; steps: readonly StepJson[] }
  | { do: "move"; ids: readonly string[]; place: Place }
  | { do: "duplicate"; ids: readonly string[] }
  | { do: "remove"; ids: readonly string[] }
  /** `field` is what is typed into: letters of one field are undone together */
  | { do: "update"; id: string; step: StepJson; field: string }
  | { do: "wrap"; ids: readonly string[]; block: StepJson }
  | { do: "unwrap"; id: string }
  | { do: "header"; header: Readonly<Record<string, unknown>>; field: string }
  | { do: "replace"; recording: Readonly<Record<string, unknown>> }
  | { do: "select"; id: string | null; extend?: boolean }
  /** what follows is undone by itself */
  | { do: "settle" }
  | { do: "undo" }
  | { do: "redo" };

const undoAtMost = 500;

/** `step`: which one is chosen at first, counted from 1 as people read them; none where there is no such step. */
export function openEditor(recording: Readonly<Record<string, unknown>>, step?: number): EditorState {
  const document = readDocument(recording);
  const id = step === undefined ? undefined : visitSteps(document)[step - 1]?.id;
  return { document, selection: id === undefined ? null : { anchor: id, head: id }, past: [], future: [], group: null };
}

/** The next state; the same object when nothing changes. */
export function editorReducer(state: EditorState, action: EditorAction): EditorState {
  switch (action.do) {
    case "insert": {
      const { document, added } = insertSteps(state.document, action.place, action.steps);
      return change(state, document, selectAll(added) ?? state.selection);
    }
    case "move":
      return change(state, moveSteps(state.document, action.ids, action.place), selectAll(action.ids) ?? state.selection);
    case "duplicate": {
      const { document, added } = duplicateSteps(state.document, action.ids);
      return change(state, document, selectAll(added) ?? state.selection);
    }
    case "remove":
      return change(state, removeSteps(state.document, action.ids), neighbour(state.document, action.ids));
    case "update":
      return change(state, updateStep(state.document, action.id, action.step), state.selection, `${action.id} ${action.field}`);
    case "wrap": {
      const { document, added } = wrapSteps(state.document, action.ids, action.block);
      return change(state, document, selectAll(added) ?? state.selection);
    }
    case "unwrap": {
      const { document, left } = unwrapStep(state.document, action.id);
      return change(state, document, selectAll(left) ?? neighbour(state.document, [action.id]));
    }
    case "header":
      return change(state, { ...state.document, header: action.header }, state.selection, `header ${action.field}`);
    case "replace":
      return change(state, readDocument(action.recording), null);
    case "select":
      return select(state, action.id, action.extend ?? false);
    case "settle":
      return state.group === null ? state : { ...state, group: null };
    case "undo":
      return travel(state, "past", "future");
    case "redo":
      return travel(state, "future", "past");
  }
}

/** The chosen steps, in their order. */
export function selectedIds({ document, selection }: Moment): readonly string[] {
  if (!selection) return [];
  const [from, to] = [placeOf(document, selection.anchor), placeOf(document, selection.head)];
  if (!to) return [];
  if (!from || from.parent !== to.parent || from.list !== to.list) return [selection.head];
  return listOf(document, to).slice(Math.min(from.index, to.index), Math.max(from.index, to.index) + 1);
}

/** Where the next step goes: after the chosen one, else at the end. */
export function placeAfterSelection(state: Moment): Place {
  const last = selectedIds(state).at(-1);
  const place = last === undefined ? null : placeOf(state.document, last);
  return place ? { ...place, index: place.index + 1 } : { parent: null, list: "steps", index: state.document.steps.length };
}

function change(state: EditorState, document: EditorDocument, selection: Selection, group: string | null = null): EditorState {
  if (document === state.document) return state;
  if (group !== null && group === state.group) return { ...state, document, selection, future: [] };
  const past = [...state.past, { document: state.document, selection: state.selection }].slice(-undoAtMost);
  return { document, selection, past, future: [], group };
}

function travel(state: EditorState, from: "past" | "future", to: "past" | "future"): EditorState {
  const moment = state[from].at(-1);
  if (!moment) return state;
  // ids that were given since must not be given again: a redo brings their steps back
  const document = { ...moment.document, next: Math.max(moment.document.next, state.document.next) };
  const here = { document: state.document, selection: state.selection };
  const left = state[from].slice(0, -1);
  const added = [...state[to], here];
  const moved = from === "past" ? { past: left, future: added } : { past: added, future: left };
  return { ...moved, document, selection: moment.selection, group: null };
}

function select(state: EditorState, id: string | null, extend: boolean): EditorState {
  if (id === null) return state.selection === null ? state : { ...state, selection: null, group: null };
  if (!state.document.nodes[id]) return state;
  if (!extend && state.selection?.head === id && state.selection.anchor === id) return state;
  const anchor = extend && state.selection ? state.selection.anchor : id;
  return { ...state, selection: { anchor, head: id }, group: null };
}

function selectAll(ids: readonly string[]): Selection {
  const [anchor] = ids;
  const head = ids.at(-1);
  return anchor !== undefined && head !== undefined ? { anchor, head } : null;
}

/** What is chosen when those are gone: the step after them, else the one before, else the block around. */
function neighbour(document: EditorDocument, ids: readonly string[]): Selection {
  const last = ids.at(-1);
  const place = last === undefined ? null : placeOf(document, last);
  if (!place) return null;
  const others = listOf(document, place);
  const left = others[place.index + 1] ?? others.slice(0, place.index).findLast((id) => !ids.includes(id)) ?? place.parent;
  return left === null ? null : { anchor: left, head: left };
}

import { createContext, type Dispatch, useContext } from "react";
import type { EditorAction, EditorState } from "./model/editor-state.ts";
import type { DocumentIssues } from "./model/issues.ts";
import type { ScopeName } from "./model/scope-names.ts";

type Acts = {
  dispatch: Dispatch<EditorAction>;
  /** shows the form of the chosen step where it is not shown already */
  open: () => void;
};
export type Editor = Acts & { state: EditorState; issues: DocumentIssues };

export const EditorContext = createContext<Editor | null>(null);
/** By itself, because it stays the same while the document changes: what needs no more is not drawn again for each letter. */
export const DispatchContext = createContext<Acts | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("There is no editor around this.");
  return editor;
}

export function useDispatch(): Acts {
  const acts = useContext(DispatchContext);
  if (!acts) throw new Error("There is no editor around this.");
  return acts;
}

/** What the fields of a form know besides their own value. */
export type FormFacts = {
  names: readonly ScopeName[];
  variables: readonly string[];
  /** the name of Deskhand's step, for words that differ */
  step: string;
  /** with `deep`, also of what is inside of the field */
  errorOf: (path: string, deep?: boolean) => string | undefined;
  declare: (variable: string) => void;
};

export const FormContext = createContext<FormFacts>({ names: [], variables: [], step: "", errorOf: () => undefined, declare: () => {} });

export const useFormFacts = () => useContext(FormContext);

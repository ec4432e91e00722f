import { useCallback, useState } from "react";
import { createTrialStore } from "./trial-store.ts";

/** The run that the draft of an editor is tried in, from the choice of its profile to its end. */
export function useEditorTrial(workflow: { id: string } | undefined) {
  const [store] = useState(createTrialStore);
  const [runId, setRunId] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const [from, setFrom] = useState<string | null>(null);
  const end = useCallback(() => setRunId(null), []);
  const beginAt = (id: string | null) => {
    setFrom(id);
    setStarting(true);
  };
  return {
    ...{ store, runId, isStarting, from, beginAt },
    why: workflow ? null : "Create the workflow first: its steps are tried as a run of it.",
    mayBegin: workflow !== undefined,
    begin: () => beginAt(null),
    close: () => setStarting(false),
    started: (id: string) => {
      setStarting(false);
      setRunId(id);
    },
    end,
  };
}

export type EditorTrial = ReturnType<typeof useEditorTrial>;

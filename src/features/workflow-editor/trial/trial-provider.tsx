import { BeginTrialContext, TrialContext } from "./trial-store.ts";
import type { EditorTrial } from "./use-editor-trial.ts";

/** What is around an editor's draft, for how its trial stands. */
export function TrialProvider({ trial, children }: { trial: EditorTrial; children: React.ReactNode }) {
  return (
    <TrialContext value={trial.store}>
      <BeginTrialContext value={trial.mayBegin ? trial.beginAt : null}>{children}</BeginTrialContext>
    </TrialContext>
  );
}

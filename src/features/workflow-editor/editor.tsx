import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import { Drawer, ScrollArea } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useCallback, useDeferredValue, useMemo, useReducer, useRef, useState } from "react";
import { ConfirmModal } from "@/components/confirm-button";
import { notifyDone } from "@/components/notify";
import { Declarations } from "./declarations.tsx";
import classes from "./editor.module.css";
import { DispatchContext, EditorContext } from "./editor-context.ts";
import { EditorToolbar, type EditorView } from "./editor-toolbar.tsx";
import { JsonView } from "./json-view.tsx";
import { type Place, writeDocument } from "./model/document.ts";
import { editorReducer, openEditor, placeAfterSelection } from "./model/editor-state.ts";
import { checkDocument } from "./model/issues.ts";
import { type CatalogEntry, makeStep } from "./model/step-catalog.ts";
import { StepListView } from "./step-list-view.tsx";
import { StepPalette } from "./step-palette.tsx";
import { StepPanel } from "./step-panel.tsx";
import { TestsView } from "./tests-view.tsx";
import { StartTrial } from "./trial/start-trial.tsx";
import { TrialPanel } from "./trial/trial-panel.tsx";
import { TrialProvider } from "./trial/trial-provider.tsx";
import { useEditorTrial } from "./trial/use-editor-trial.ts";
import { useCalledIssues } from "./use-called-issues.ts";
import { useEditorKeys } from "./use-editor-keys.ts";
import { useUnsavedGuard } from "./use-unsaved-guard.ts";

// the canvas brings a library along that a phone never needs
const StepCanvas = dynamic(() => import("./step-canvas.tsx").then(({ StepCanvas: view }) => view), { ssr: false });

type Props = {
  recording: Readonly<Record<string, unknown>>;
  saveLabel: string;
  /** Keeps the document; what it rejects with is shown. False when the person wants it not to be kept yet. */
  onSave: (text: string) => Promise<unknown>;
  /** Nothing was saved yet, so that even what it began with may be. */
  isNew?: boolean;
  /** What its steps are tried as: the workflow, and a version of it that there is. */
  workflow?: { id: string; version: number } | undefined;
  /** Chosen at first, counted from 1. */
  step?: number | undefined;
};

/** The editor of a workflow document: palette, steps, and the form of the chosen step. */
export function Editor({ recording, saveLabel, onSave, isNew = false, workflow, step }: Props) {
  const router = useRouter();
  const [state, dispatch] = useReducer(editorReducer, recording, (given) => openEditor(given, step));
  const [saved, setSaved] = useState(() => canonicalJson(recording));
  const isWide = useMediaQuery("(min-width: 75em)") ?? false;
  const [asked, setView] = useState<EditorView>("canvas");
  // a canvas needs a mouse and room
  const view = asked === "canvas" && !isWide ? "list" : asked;
  const [panel, panelDrawer] = useDisclosure(false);
  const [adding, setAdding] = useState<Place | null>(null);
  const trial = useEditorTrial(workflow);
  const viewElement = useRef<HTMLDivElement>(null);
  const panelElement = useRef<HTMLDivElement>(null);

  // letters appear at once; the check of a long document may come a moment later
  const checked = useDeferredValue(state.document);
  const own = useMemo(() => checkDocument(checked), [checked]);
  const issues = useCalledIssues(checked, own);
  const unsaved = useMemo(() => canonicalJson(writeDocument(checked)) !== saved, [checked, saved]);
  const go = useCallback((href: string) => router.push(href), [router]);
  const { leaving, stay } = useUnsavedGuard(unsaved, go);

  const open = useCallback(() => {
    if (!isWide) panelDrawer.open();
  }, [isWide, panelDrawer.open]);
  const goIntoForm = () => {
    open();
    panelElement.current?.querySelector<HTMLElement>("input, select, textarea")?.focus();
  };
  const hasSteps = view === "canvas" || view === "list";
  useEditorKeys({ state, dispatch, view: viewElement, onEnter: goIntoForm });

  const add = (entry: CatalogEntry, place = adding ?? placeAfterSelection(state)) => {
    dispatch({ do: "insert", place, steps: [makeStep(state.document, entry)] });
    if (adding) setAdding(null);
    open();
  };
  const save = async () => {
    // what is on the screen, not what was checked a moment ago
    const document = writeDocument(state.document);
    if ((await onSave(JSON.stringify(document))) === false) return;
    setSaved(canonicalJson(document));
  };
  const showIssue = () => {
    const [id] = issues.steps.keys();
    if (id === undefined) return setView(issues.document[0]?.field.startsWith("tests") ? "tests" : "declarations");
    if (!hasSteps) setView("canvas");
    dispatch({ do: "select", id });
    open();
  };

  const stand = useCallback((id: string) => dispatch({ do: "select", id }), []);
  const acts = useMemo(() => ({ dispatch, open }), [open]);
  const editor = useMemo(() => ({ state, issues, ...acts }), [state, issues, acts]);
  const form = (
    <div ref={panelElement} className={classes.form}>
      <StepPanel />
    </div>
  );

  return (
    <EditorContext value={editor}>
      <DispatchContext value={acts}>
        <TrialProvider trial={trial}>
          <div className={classes.editor} data-view={view} data-wide="true" data-trial={trial.runId !== null || undefined}>
            <EditorToolbar
              view={view}
              onView={setView}
              canvas={isWide}
              unsaved={unsaved || isNew}
              isChecked={checked === state.document}
              saveLabel={saveLabel}
              onSave={save}
              onIssue={showIssue}
              onAdd={() => setAdding(placeAfterSelection(state))}
              trial={trial.runId === null ? trial : null}
            />
            {trial.runId !== null && (
              <div className={classes.trial}>
                <TrialPanel
                  key={trial.runId}
                  runId={trial.runId}
                  document={state.document}
                  store={trial.store}
                  from={trial.from}
                  onStand={stand}
                  onEnd={trial.end}
                />
              </div>
            )}
            {hasSteps && isWide && trial.runId === null && (
              <ScrollArea className={classes.palette} type="auto" offsetScrollbars="y">
                <StepPalette onAdd={(entry) => add(entry, placeAfterSelection(state))} />
              </ScrollArea>
            )}
            <div ref={viewElement} className={classes.view}>
              {view === "canvas" && <StepCanvas onAddAt={setAdding} />}
              {view === "list" && <StepListView onAddAt={setAdding} />}
              {view === "declarations" && <Declarations />}
              {view === "tests" && <TestsView />}
              {view === "json" && <JsonView />}
            </div>
            {hasSteps && isWide && (
              <section className={classes.panel} aria-label="Chosen step">
                {form}
              </section>
            )}
          </div>
          <Drawer
            opened={panel && !isWide && hasSteps && state.selection !== null}
            onClose={panelDrawer.close}
            title="Step"
            closeButtonProps={{ "aria-label": "Close" }}
          >
            {form}
          </Drawer>
          <Drawer
            opened={adding !== null}
            onClose={() => setAdding(null)}
            title="Add a step"
            position="left"
            size="xs"
            closeButtonProps={{ "aria-label": "Close" }}
          >
            <StepPalette onAdd={(entry) => add(entry)} />
          </Drawer>
          <ConfirmModal
            opened={leaving !== null}
            onClose={stay}
            title="Leave without saving?"
            message="What you changed since the last saved version is lost."
            confirmLabel="Leave without saving"
            onConfirm={async () => {
              leaving?.();
              notifyDone("The changes were not saved.");
            }}
          />
          {workflow && <StartTrial opened={trial.isStarting} onClose={trial.close} workflow={workflow} onStarted={trial.started} />}
        </TrialProvider>
      </DispatchContext>
    </EditorContext>
  );
}

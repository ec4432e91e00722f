import { ActionIcon, Button, Group, SegmentedControl, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconAlertCircle, IconArrowBackUp, IconArrowForwardUp, IconPlayerSkipForward, IconPlus } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { notifyError } from "@/components/notify";
import classes from "./editor.module.css";
import { useEditor } from "./editor-context.ts";
import { EditorShortcuts } from "./editor-shortcuts.tsx";

export type EditorView = "canvas" | "list" | "declarations" | "tests" | "json";
type Props = {
  view: EditorView;
  onView: (view: EditorView) => void;
  /** whether there is room for a canvas, and for the palette beside it */
  canvas: boolean;
  unsaved: boolean;
  /** `unsaved` and the mistakes are those of what is on the screen */
  isChecked: boolean;
  saveLabel: string;
  onSave: () => Promise<unknown>;
  /** leads to the first issue */
  onIssue: () => void;
  onAdd: () => void;
  /** Opens a page to try the steps on; `why` not, where it cannot be. Null while there is one. */
  trial: { begin: () => void; why: string | null } | null;
};

/** Undo and redo, the views of the document, what is wrong with it, and saving. */
export function EditorToolbar({ view, onView, canvas, unsaved, isChecked, saveLabel, onSave, onIssue, onAdd, trial }: Props) {
  const { state, dispatch, issues } = useEditor();
  const [saving, setSaving] = useState(false);
  const hasIssues = issues.count > 0;
  const saveButton = useRef<HTMLButtonElement>(null);
  // in fields too, where people are when they think of it; what may not be saved now has a button that takes no press
  const [saveAsked, setSaveAsked] = useState(false);
  useHotkeys([["mod+S", () => setSaveAsked(true)]], []);
  // just after a change the button may be that of the document before it
  useEffect(() => {
    if (!saveAsked || !isChecked) return;
    setSaveAsked(false);
    saveButton.current?.click();
  }, [saveAsked, isChecked]);
  const save = async () => {
    setSaving(true);
    try {
      await onSave();
    } catch (error) {
      notifyError(error);
    }
    setSaving(false);
  };
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Editor">
      <Group gap={4}>
        <Tooltip label="Undo (Ctrl Z)">
          <ActionIcon aria-label="Undo" size={32} onClick={() => dispatch({ do: "undo" })} disabled={state.past.length === 0}>
            <IconArrowBackUp size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Redo (Ctrl Y)">
          <ActionIcon aria-label="Redo" size={32} onClick={() => dispatch({ do: "redo" })} disabled={state.future.length === 0}>
            <IconArrowForwardUp size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {(!canvas || !trial) && (view === "list" || view === "canvas") && (
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={onAdd}>
            Add
          </Button>
        )}
      </Group>
      <SegmentedControl
        size="xs"
        aria-label="View"
        value={view}
        onChange={(next) => onView(next as EditorView)}
        data={[
          ...(canvas ? [{ value: "canvas", label: "Canvas" }] : []),
          { value: "list", label: "List" },
          { value: "declarations", label: "Inputs" },
          { value: "tests", label: "Tests" },
          { value: "json", label: "JSON" },
        ]}
      />
      <Group gap="xs">
        {hasIssues && (
          <Button variant="light" color="red" size="xs" leftSection={<IconAlertCircle size={14} aria-hidden />} onClick={onIssue}>
            {issues.count === 1 ? "1 mistake" : `${issues.count} mistakes`}
          </Button>
        )}
        {trial && (
          <Tooltip label={trial.why} disabled={trial.why === null}>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlayerSkipForward size={14} aria-hidden />}
              data-disabled={trial.why !== null || undefined}
              aria-disabled={trial.why !== null}
              onClick={() => trial.why === null && trial.begin()}
            >
              Try steps
            </Button>
          </Tooltip>
        )}
        {canvas && <EditorShortcuts />}
        <Button ref={saveButton} size="xs" onClick={() => void save()} loading={saving} disabled={hasIssues || !unsaved}>
          {saveLabel}
        </Button>
      </Group>
    </div>
  );
}

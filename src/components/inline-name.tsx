"use client";

import { ActionIcon, Group, TextInput, Tooltip } from "@mantine/core";
import { IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { wordsFor } from "./error-words.ts";

type Props = {
  value: string;
  /** What it names, for the buttons: "Rename profile". */
  label: string;
  /** The editor closes when it resolves and shows the error when it rejects. */
  onSave: (name: string) => Promise<unknown>;
  /** How the name is shown while nobody edits it. */
  children?: ReactNode;
  disabled?: boolean;
};

/** A name that is edited in its place: Enter saves, Escape leaves it as it was. */
export function InlineName({ value, label, onSave, children, disabled }: Props) {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    // the keyboard goes back to where it came from
    if (wasEditing.current && !editing) button.current?.focus();
    wasEditing.current = editing;
  }, [editing]);
  if (editing) return <NameEditor value={value} label={label} onSave={onSave} onClose={() => setEditing(false)} />;
  return (
    <Group gap={4} wrap="nowrap" miw={0}>
      {children ?? <span>{value}</span>}
      {!disabled && (
        <Tooltip label={label}>
          <ActionIcon ref={button} size="sm" aria-label={`${label} ${value}`} onClick={() => setEditing(true)}>
            <IconPencil size={14} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}

type EditorProps = { value: string; label: string; onSave: (name: string) => Promise<unknown>; onClose: () => void };

function NameEditor({ value, label, onSave, onClose }: EditorProps) {
  const [name, setName] = useState(value);
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed === value) return onClose();
    if (trimmed === "") return setState({ busy: false, problem: "Give it a name." });
    setState({ busy: true, problem: null });
    try {
      await onSave(trimmed);
      onClose();
    } catch (error) {
      const words = wordsFor(error);
      setState({ busy: false, problem: `${words.title} ${words.whatToDo}` });
    }
  };
  return (
    <form onSubmit={(event) => void save(event)} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <Group gap={4} wrap="nowrap" align="flex-start">
        <TextInput
          size="xs"
          w="14rem"
          miw={0}
          aria-label={label}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
          maxLength={80}
          error={state.problem}
          autoFocus
        />
        <ActionIcon type="submit" aria-label="Save the name" loading={state.busy} variant="light" color="iris" mt={1}>
          <IconCheck size={15} />
        </ActionIcon>
        <ActionIcon aria-label="Keep the old name" onClick={onClose} mt={1}>
          <IconX size={15} />
        </ActionIcon>
      </Group>
    </form>
  );
}

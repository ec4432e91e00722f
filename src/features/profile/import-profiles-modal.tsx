"use client";

import { stateFormats } from "@deskhand/shared/formats/profile-state";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { ActionIcon, Alert, Button, Group, Loader, Modal, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconCheck, IconFileImport, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { countWords } from "@/components/count-words";
import { notifyDone } from "@/components/notify";
import { FileProblems } from "./file-problems.tsx";
import classes from "./import-profiles-modal.module.css";
import type { LookedAt } from "./look-at-file.ts";
import { formatWords } from "./profile-words.ts";
import { type Candidate, isReady, needsPassphrase, useImportMany } from "./use-import-many.ts";

type Props = { opened: boolean; onClose: () => void; runners: readonly RunnerView[]; preferredRunnerId: string | null };

/** Makes profiles out of files: each becomes one, and each that cannot says where it is wrong. */
export function ImportProfilesModal(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Import profiles" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <ImportForm {...props} />
    </Modal>
  );
}

function ImportForm({ onClose, runners, preferredRunnerId }: Props) {
  const { files, isBusy, add, change, remove, start } = useImportMany();
  const [runnerId, setRunnerId] = useState(preferredRunnerId ?? runners.find(({ online }) => online)?.id ?? runners[0]?.id ?? null);
  const runner = runners.find(({ id }) => id === runnerId);
  const open = files.filter(({ file, state }) => file.kind !== "refused" && state.kind !== "done");
  const begin = async (chosen: RunnerView) => {
    const { done, all } = await start(chosen);
    if (done > 0) notifyDone(`${countWords(done, "profile")} imported.`);
    if (all) onClose();
  };
  return (
    <Stack gap="md">
      <Dropzone onDrop={(given) => void add(given)} aria-label="Files to import" disabled={isBusy}>
        <Stack gap={4} align="center">
          <IconFileImport size={28} stroke={1.5} aria-hidden />
          <Text size="sm">Drop files here, or choose them</Text>
          <Text size="xs" c="dimmed" ta="center">
            {stateFormats.map((format) => formatWords[format]).join(", ")}, or bundles of Deskhand. Each becomes a profile. They are sealed
            here; only the runner can open them.
          </Text>
        </Stack>
      </Dropzone>
      {files.length > 0 && (
        <ul className={classes.files} aria-label="Files">
          {files.map((each) => (
            <FileRow key={each.key} candidate={each} disabled={isBusy} onChange={change} onRemove={remove} />
          ))}
        </ul>
      )}
      <Select
        label="Runner"
        description="The profiles live there."
        data={runners.map(({ id, name, online }) => ({ value: id, label: online ? name : `${name} (offline)` }))}
        value={runnerId}
        onChange={setRunnerId}
        allowDeselect={false}
        searchable={runners.length > 8}
        disabled={isBusy}
      />
      {runner && !runner.online && (
        <Alert variant="light" color="yellow" title={`${runner.name} is offline`}>
          Only the runner can open the files. Start it first, or choose another.
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {isBusy ? "Close" : "Cancel"}
        </Button>
        <Button
          onClick={() => runner && void begin(runner)}
          disabled={!runner?.online || open.length === 0 || !open.every(isReady)}
          loading={isBusy}
        >
          {open.length > 0 ? `Import ${countWords(open.length, "profile")}` : "Import"}
        </Button>
      </Group>
    </Stack>
  );
}

type RowProps = {
  candidate: Candidate;
  disabled: boolean;
  onChange: (key: string, changes: Partial<Candidate>) => void;
  onRemove: (key: string) => void;
};

function FileRow({ candidate, disabled, onChange, onRemove }: RowProps) {
  const { key, file, name, passphrase, state } = candidate;
  const isOver = state.kind === "done";
  return (
    <li className={classes.file}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" className={classes.what}>
          <b>{file.name}</b>: {contentWords(file)}
        </Text>
        {state.kind === "busy" ? (
          <Loader size={16} aria-label={`Importing ${file.name}`} />
        ) : isOver ? (
          <IconCheck size={18} color="var(--deskhand-good)" role="img" aria-label="Imported" />
        ) : (
          <ActionIcon size="sm" aria-label={`Leave out ${file.name}`} disabled={disabled} onClick={() => onRemove(key)}>
            <IconX size={16} />
          </ActionIcon>
        )}
      </Group>
      {file.kind === "refused" ? (
        <FileProblems title="This file cannot be imported" problems={file.problems} more={file.more} />
      ) : (
        !isOver && (
          <div className={classes.fields}>
            <TextInput
              label="Name of the profile"
              size="xs"
              maxLength={80}
              disabled={disabled}
              value={name}
              onChange={(event) => onChange(key, { name: event.currentTarget.value })}
            />
            {needsPassphrase(file) && (
              <PasswordInput
                label="Passphrase of the bundle"
                size="xs"
                autoComplete="off"
                disabled={disabled}
                value={passphrase}
                onChange={(event) => onChange(key, { passphrase: event.currentTarget.value })}
              />
            )}
          </div>
        )
      )}
      {state.kind === "failed" && <FileProblems title={state.title} problems={state.problems} />}
    </li>
  );
}

function contentWords(file: LookedAt): string {
  if (file.kind === "refused") return "not readable";
  if (file.kind === "bundle") return "a bundle of Deskhand, with its settings";
  const cookies = `${file.cookies} ${file.cookies === 1 ? "cookie" : "cookies"}`;
  const sites = file.origins > 0 ? ` and the storage of ${file.origins} ${file.origins === 1 ? "site" : "sites"}` : "";
  return `${formatWords[file.format]} with ${cookies}${sites}`;
}

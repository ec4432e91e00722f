"use client";

import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconFileText } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { InputsTable } from "./inputs-table.tsx";
import { RecordingIssues } from "./recording-issues.tsx";
import { RecordingSource } from "./recording-source.tsx";
import { StepList } from "./step-list.tsx";

type Props = {
  /** Asks for a name, with the recording's title as the proposal. */
  withName: boolean;
  submitLabel: string;
  /** Keeps the recording. The form shows what it rejects with. */
  onSubmit: (recording: { name: string; text: string }) => Promise<unknown>;
};

type Source = { text: string; fileName: string | null };

/** Takes a recording, has it checked as it is, shows what is wrong or what it will do, and hands it over to be kept. */
export function RecordingForm({ withName, submitLabel, onSubmit }: Props) {
  const trpc = useTRPC();
  const [source, setSource] = useState<Source | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [name, setName] = useState("");
  const check = useMutation(trpc.workflow.check.mutationOptions());
  const save = useMutation({ mutationFn: onSubmit });
  const checked = check.data;
  const usable = source && checked?.ok ? checked : null;

  const startOver = () => {
    setSource(null);
    setRefused(null);
    check.reset();
    save.reset();
  };
  const take = (text: string, fileName: string | null) => {
    startOver();
    setSource({ text, fileName });
    check.mutate({ recording: text }, { onSuccess: (answer) => answer.ok && setName(answer.title) });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (source && usable) save.mutate({ name: name.trim(), text: source.text });
  };

  if (!usable || !source) {
    return (
      <Stack gap="md">
        {checked && !checked.ok && <RecordingIssues issues={checked.issues} />}
        {check.error && <ErrorState error={check.error} />}
        {refused && (
          <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />} title="This file is too large">
            {refused}
          </Alert>
        )}
        <RecordingSource
          onText={take}
          onRefused={(reason) => {
            startOver();
            setRefused(reason);
          }}
          loading={check.isPending}
        />
      </Stack>
    );
  }

  const count = usable.steps.length;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Group justify="space-between" gap="xs">
          <Group gap={8} c="dimmed" wrap="nowrap">
            <IconFileText size={16} aria-hidden />
            <Text size="sm">{source.fileName ?? "Pasted text"}: a valid recording</Text>
          </Group>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={startOver}>
            Choose another
          </Button>
        </Group>
        {save.error && <ErrorState error={save.error} />}
        {withName && (
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={80}
            required
            autoFocus
            maw={480}
          />
        )}
        <Panel title={count === 1 ? "1 step" : `${count} steps`}>
          <StepList steps={usable.steps} />
        </Panel>
        <InputsTable schema={usable.inputSchema} />
        <Group gap="xs">
          <Button type="submit" loading={save.isPending} disabled={withName && name.trim() === ""}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

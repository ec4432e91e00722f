"use client";

import { type WorkflowVersionDetail, type WorkflowView, workflowScheduled } from "@deskhand/shared/schemas/workflow";
import { ActionIcon, Anchor, Button, Group, List, Menu, Modal, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCopy, IconDots, IconDownload, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState } from "react";
import { ConfirmModal } from "@/components/confirm-button";
import { ErrorState } from "@/components/error-state";
import { wordsFor } from "@/components/error-words";
import { notifyDone, notifyError } from "@/components/notify";
import { saveFile } from "@/components/save-file";
import { scheduleWords } from "@/features/schedule/schedule-words";
import { useTRPC } from "@/trpc/client";
import { copyName } from "./copy-name.ts";

type Props = { workflow: WorkflowView; version: WorkflowVersionDetail | undefined };

/** What else can be done with a workflow: rename, duplicate the version that is shown, download, delete. */
export function WorkflowMenu({ workflow, version }: Props) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(trpc.workflow.delete.mutationOptions());
  const create = useMutation(trpc.workflow.create.mutationOptions());
  const duplicate = useMutation({
    mutationFn: async () => {
      if (!version) return null;
      const name = copyName(workflow.name);
      // without this its title would still be the first one's, in files and in the editor
      const recording = JSON.stringify({ ...version.recording, title: name });
      return create.mutateAsync({ projectId: workflow.projectId, name, recording });
    },
    onError: notifyError,
    onSuccess: async (made) => {
      if (!made) return;
      await queryClient.invalidateQueries(trpc.workflow.list.pathFilter());
      notifyDone(`${made.name} was created.`);
      router.push(`/dashboard/workflows/${made.id}`);
    },
  });
  const [renaming, rename] = useDisclosure(false);
  const [deleting, confirm] = useDisclosure(false);
  const target = useRef<HTMLButtonElement>(null);
  // a dialog gives the focus back to where it came from, and the item is gone by then
  const fromTarget = (open: () => void) => () => {
    target.current?.focus();
    open();
  };

  const download = () => {
    if (!version) return;
    const text = `${JSON.stringify(version.recording, null, 2)}\n`;
    saveFile(new Blob([text], { type: "application/json" }), `${fileName(workflow.name)}-v${version.number}.json`);
  };

  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon ref={target} variant="default" size={36} aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={fromTarget(rename.open)}>
            Rename
          </Menu.Item>
          <Menu.Item
            leftSection={<IconCopy size={16} aria-hidden />}
            onClick={() => duplicate.mutate()}
            disabled={!version || duplicate.isPending}
          >
            Duplicate
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={download} disabled={!version}>
            Download JSON
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={fromTarget(confirm.open)}>
            Delete workflow
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RenameModal workflow={workflow} opened={renaming} onClose={rename.close} />
      <ConfirmModal
        opened={deleting}
        onClose={confirm.close}
        title={`Delete ${workflow.name}?`}
        message="It can no longer be deployed. Its runs, and what they left on your runners, stay."
        confirmLabel="Delete workflow"
        moreOfError={(error) => <WhatBeginsIt error={error} />}
        onConfirm={async () => {
          await remove.mutateAsync({ id: workflow.id });
          notifyDone(`${workflow.name} was deleted.`);
          router.push("/dashboard/workflows");
          await queryClient.invalidateQueries(trpc.workflow.list.pathFilter());
        }}
      />
    </>
  );
}

/** The schedules and triggers that keep a workflow from being deleted, each with the page where it is ended. */
function WhatBeginsIt({ error }: { error: unknown }) {
  const read = workflowScheduled.safeParse(wordsFor(error).details);
  if (!read.success) return null;
  const { count, schedules } = read.data;
  return (
    <List size="sm" mb="md" aria-label="What begins it">
      {schedules.map(({ deploymentId, schedule, runnerName }) => (
        <List.Item key={deploymentId}>
          <Anchor component={Link} href={`/dashboard/deployments/${deploymentId}`} inherit underline="always">
            {scheduleWords(schedule)}
          </Anchor>{" "}
          on {runnerName}
        </List.Item>
      ))}
      {count > schedules.length && (
        <List.Item>
          <Text size="sm">and {(count - schedules.length).toLocaleString("en")} more</Text>
        </List.Item>
      )}
    </List>
  );
}

function RenameModal({ workflow, opened, onClose }: { workflow: WorkflowView; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Rename workflow" closeButtonProps={{ "aria-label": "Close" }}>
      <RenameForm workflow={workflow} onDone={onClose} />
    </Modal>
  );
}

function RenameForm({ workflow, onDone }: { workflow: WorkflowView; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(workflow.name);
  const rename = useMutation(
    trpc.workflow.rename.mutationOptions({
      onSuccess: async (renamed) => {
        queryClient.setQueryData(trpc.workflow.get.queryKey({ id: renamed.id }), renamed);
        await queryClient.invalidateQueries(trpc.workflow.list.pathFilter());
        onDone();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate({ id: workflow.id, name: name.trim() });
  };
  return (
    <form onSubmit={submit}>
      {rename.error && <ErrorState error={rename.error} mb="md" />}
      <TextInput
        label="Name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={80}
        required
        data-autofocus
      />
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" loading={rename.isPending} disabled={name.trim() === ""}>
          Rename
        </Button>
      </Group>
    </form>
  );
}

function fileName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "workflow"
  );
}

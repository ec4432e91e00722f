"use client";

import { Button, Stack } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { BackLink } from "@/components/back-link";
import { notifyDone } from "@/components/notify";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { RecordForm } from "./record-form.tsx";
import { RecordingForm } from "./recording-form.tsx";

/** Makes a workflow from a recording, and goes to it. */
export function NewWorkflow() {
  const trpc = useTRPC();
  const project = useProject();
  const router = useRouter();
  const queryClient = useQueryClient();
  const create = useMutation(trpc.workflow.create.mutationOptions());

  return (
    <>
      <PageHeader
        above={<BackLink href="/dashboard/workflows">Workflows</BackLink>}
        title="New workflow"
        description="You see the steps before anything is saved."
        actions={
          <Button
            component={Link}
            href="/dashboard/workflows/new/edit"
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
          >
            Start empty
          </Button>
        }
      />
      <Stack gap="md">
        <RecordForm />
        <RecordingForm
          withName
          submitLabel="Create workflow"
          onSubmit={async ({ name, text }) => {
            const workflow = await create.mutateAsync({ projectId: project.id, name, recording: text });
            await queryClient.invalidateQueries(trpc.workflow.list.pathFilter());
            notifyDone(`${workflow.name} was created.`);
            router.push(`/dashboard/workflows/${workflow.id}`);
          }}
        />
      </Stack>
    </>
  );
}

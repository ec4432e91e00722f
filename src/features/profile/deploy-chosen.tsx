"use client";

import { Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { DeployForm } from "@/features/deployment/deploy-form";
import { WorkflowSelect } from "@/features/workflow/workflow-select";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { type Chosen, useMany } from "./use-many.ts";

type Props = { opened: boolean; onClose: () => void; chosen: Chosen };

/** Which workflow the chosen profiles are to do, and then the form of its deployment. */
export function DeployChosen(props: Props) {
  const { selection } = props.chosen;
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={!selection.all && selection.ids.size === 1 ? "Deploy to the profile" : "Deploy to the chosen profiles"}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {props.opened && <ChooseWorkflow {...props} />}
    </Modal>
  );
}

function ChooseWorkflow({ chosen }: Props) {
  const trpc = useTRPC();
  const many = useMany();
  const { id: projectId } = useProject();
  const [workflowId, setWorkflowId] = useState<string | null>(null);
  const chosenWorkflow = useQuery(trpc.workflow.get.queryOptions({ id: workflowId ?? "" }, { enabled: workflowId !== null }));
  const targets = useQuery({
    queryKey: ["chosen-targets", projectId, chosen.selection.all, [...chosen.selection.ids], chosen.filter],
    queryFn: () => many.targetsOf(chosen),
  });
  const workflow = workflowId === null ? undefined : chosenWorkflow.data;
  const byRunner = Map.groupBy(targets.data ?? [], ({ runnerId }) => runnerId);
  const [first] = byRunner;
  const ids = first?.[1].map(({ id }) => id) ?? [];
  return (
    <Stack gap="md">
      {targets.isError && <ErrorState error={targets.error} onRetry={() => void targets.refetch()} />}
      {chosenWorkflow.isError && <ErrorState error={chosenWorkflow.error} onRetry={() => void chosenWorkflow.refetch()} />}
      <WorkflowSelect label="Workflow" value={workflowId} onChange={setWorkflowId} data-autofocus />
      {byRunner.size > 1 && (
        <Text size="sm" c="dimmed">
          They live on {byRunner.size} runners: a deployment is for one of them. Choose it below, and deploy again for the next.
        </Text>
      )}
      {ids.length > 1000 && (
        <Text size="sm" c="dimmed">
          A deployment takes up to 1,000 profiles: these are the first 1,000.
        </Text>
      )}
      {workflow && targets.data && (
        <DeployForm
          key={workflow.id}
          workflowId={workflow.id}
          version={workflow.latestVersion}
          propose={{
            runnerId: first?.[0] ?? null,
            profileIds: ids.slice(0, 1000),
            byRunner: Object.fromEntries([...byRunner].map(([runnerId, own]) => [runnerId, own.slice(0, 1000).map(({ id }) => id)])),
          }}
        />
      )}
    </Stack>
  );
}

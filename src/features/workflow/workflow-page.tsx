"use client";

import type { WorkflowVersionDetail, WorkflowView } from "@deskhand/shared/schemas/workflow";
import { Alert, Anchor, Button, Group, Skeleton, Stack } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconHistory, IconPencil, IconUpload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { BackLink } from "@/components/back-link";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { InputsTable } from "./inputs-table.tsx";
import { StepList } from "./step-list.tsx";
import { VersionDiff } from "./version-diff.tsx";
import { VersionList } from "./version-list.tsx";
import { WorkflowMenu } from "./workflow-menu.tsx";
import classes from "./workflow-page.module.css";

type Props = {
  workflowId: string;
  /** The button that deploys the version that is shown. */
  deploy: (workflow: WorkflowView, version: number) => ReactNode;
  /** What is shown beside the versions, for example the last runs. */
  children?: ReactNode;
};

const back = <BackLink href="/dashboard/workflows">Workflows</BackLink>;

/** A workflow: its steps and inputs, its versions, and the button that deploys it. */
export function WorkflowPage({ workflowId, deploy, children }: Props) {
  const trpc = useTRPC();
  const asked = Number(useSearchParams().get("version"));
  const number = Number.isInteger(asked) && asked > 0 ? asked : undefined;
  const workflow = useQuery(trpc.workflow.get.queryOptions({ id: workflowId }));
  const versions = useQuery(trpc.workflow.versions.queryOptions({ id: workflowId }));
  const latest = workflow.data?.latestVersion;
  const shown = number ?? latest;
  const version = useQuery(
    trpc.workflow.version.queryOptions(
      { id: workflowId, number: shown ?? 1 },
      { enabled: shown !== undefined, staleTime: Number.POSITIVE_INFINITY, placeholderData: keepPreviousData },
    ),
  );
  useDocumentTitle(`${workflow.data?.name ?? "Workflow"} · Deskhand`);

  if (workflow.isError && !workflow.data) {
    return (
      <>
        <PageHeader above={back} title="Workflow" />
        <ErrorState error={workflow.error} onRetry={() => void workflow.refetch()} />
      </>
    );
  }
  // how long the steps are decides where all below them stands, so nothing is shown before they are known
  if (!workflow.data || !(version.data || version.isError)) return <WorkflowSkeleton />;
  const stepCount = version.data?.steps.length ?? workflow.data.stepCount;
  return (
    <>
      <PageHeader
        above={back}
        title={workflow.data.name}
        description={
          <>
            Version {shown} · {stepCount === 1 ? "1 step" : `${stepCount} steps`} · changed <TimeAgo at={workflow.data.updatedAt} />
          </>
        }
        actions={
          <>
            <WorkflowMenu workflow={workflow.data} version={version.data} />
            <Button
              component={Link}
              href={`/dashboard/workflows/${workflowId}/new-version`}
              variant="default"
              leftSection={<IconUpload size={16} aria-hidden />}
            >
              New version
            </Button>
            <Button
              component={Link}
              href={`/dashboard/workflows/${workflowId}/edit`}
              variant="default"
              leftSection={<IconPencil size={16} aria-hidden />}
            >
              Edit
            </Button>
            {deploy(workflow.data, shown ?? workflow.data.latestVersion)}
          </>
        }
      />
      <Stack gap="lg">
        {number !== undefined && latest !== undefined && number < latest && (
          <Alert variant="light" color="gray" icon={<IconHistory size={18} aria-hidden />}>
            <Group justify="space-between" gap="xs">
              This is an earlier version. What you deploy from here is version {number}.
              <Anchor component={Link} href={`/dashboard/workflows/${workflowId}`} size="sm">
                Show the latest
              </Anchor>
            </Group>
          </Alert>
        )}
        <div className={classes.layout}>
          <Stack gap="lg">
            {version.data ? (
              <>
                <VersionContent version={version.data} />
                <VersionDiff workflowId={workflowId} versions={versions.data?.items ?? []} shown={shown ?? 1} />
              </>
            ) : (
              <ErrorState error={version.error} onRetry={() => void version.refetch()} />
            )}
          </Stack>
          <Stack gap="lg">
            <VersionList versions={versions.data?.items ?? []} shown={shown ?? 0} latest={latest ?? 0} />
            {children}
          </Stack>
        </div>
      </Stack>
    </>
  );
}

function VersionContent({ version }: { version: WorkflowVersionDetail }) {
  return (
    <>
      <Panel title="Steps">
        <StepList steps={version.steps} />
      </Panel>
      <InputsTable schema={version.inputSchema} />
    </>
  );
}

/** A workflow's page before it is known. */
function WorkflowSkeleton() {
  return (
    <div aria-busy>
      <PageHeader
        above={back}
        title={<Skeleton height={24} width={280} maw="100%" my={3} />}
        description={<Skeleton height={14} width={200} my={4} />}
        actions={<Skeleton height={36} width={240} radius="md" />}
      />
      <div className={classes.layout}>
        <Skeleton height={360} radius="md" />
        <Skeleton height={240} radius="md" />
      </div>
    </div>
  );
}

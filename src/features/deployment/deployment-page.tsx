"use client";

import type { DeploymentDetail } from "@deskhand/shared/schemas/deployment";
import { Alert, Anchor, Box, Skeleton, Text, TextInput } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconPlayerPause, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { BackLink } from "@/components/back-link";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useAddressState } from "@/components/use-address-state";
import { FiringHistory } from "@/features/schedule/firing-history";
import { SchedulePanel } from "@/features/schedule/schedule-panel";
import { useTRPC } from "@/trpc/client";
import { BatchActions } from "./batch-actions.tsx";
import { BatchBar } from "./batch-bar.tsx";
import { BatchRows } from "./batch-rows.tsx";
import { batchParts, partOf } from "./batch-words.ts";
import { ChangeSchedule } from "./change-schedule.tsx";
import { GivenInputs, useGivenInputs } from "./given-inputs.tsx";

const back = <BackLink href="/dashboard/deployments">Deployments</BackLink>;

/** A deployment while it goes on and afterwards: one row a profile. */
export function DeploymentPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const deployment = useQuery(trpc.deployment.progress.queryOptions({ id }));
  if (deployment.isError && !deployment.data) {
    return (
      <>
        <PageHeader above={back} title="Deployment" />
        <ErrorState error={deployment.error} onRetry={() => void deployment.refetch()} />
      </>
    );
  }
  if (!deployment.data) {
    return (
      <>
        <PageHeader above={back} title={<Skeleton height={24} width={220} />} description={<Skeleton height={14} width={160} mt={6} />} />
        <Skeleton height={12} radius="xl" />
        <Skeleton height={320} mt="lg" />
      </>
    );
  }
  return <Batch deployment={deployment.data} />;
}

/** Which schedule was there before this one, and which comes after it. */
function ItsPlace({ deployment: { replaces, replacedById, schedule } }: { deployment: DeploymentDetail }) {
  const link = (id: string, text: string) => (
    <Anchor component={Link} href={`/dashboard/deployments/${id}`} inherit underline="always">
      {text}
    </Anchor>
  );
  if (!replaces && !replacedById) return null;
  return (
    <Text size="sm" mb="md">
      {replaces && (
        <>
          Takes the place of {link(replaces.id, "the one before")}, which has {replaces.ended ? "its history" : "not ended yet"}.{" "}
        </>
      )}
      {replacedById && (
        <>
          {link(replacedById, "Another")} {schedule?.removedAt ? "has taken" : "takes"} its place.
        </>
      )}
    </Text>
  );
}

/** A deployment, with its schedule when it has one. */
function Batch({ deployment }: { deployment: DeploymentDetail }) {
  const { schedule } = deployment;
  useDocumentTitle(`${deployment.workflowName} · Deployment · Deskhand`);
  // one whose first time has not come has no runs to tell of
  const isWaiting = schedule !== null && deployment.profiles === 0;
  const trpc = useTRPC();
  const results = useQuery(trpc.deployment.results.queryOptions({ id: deployment.id }, { placeholderData: keepPreviousData }));
  const hasInputs = (useGivenInputs(deployment.id).data?.items.length ?? 0) > 0;
  const [asked, setPart] = useAddressState("show");
  const part = batchParts(deployment).find(({ key }) => key === asked)?.key ?? null;
  const [search, setSearch] = useAddressState("search");
  const items = results.data?.items ?? [];
  const shown = useMemo(() => {
    const word = search.trim().toLowerCase();
    return (results.data?.items ?? []).filter((item) => (!part || partOf(item) === part) && item.profileName.toLowerCase().includes(word));
  }, [results.data, part, search]);
  return (
    <>
      <PageHeader
        above={back}
        title={deployment.workflowName}
        description={
          <>
            <Anchor
              component={Link}
              href={`/dashboard/workflows/${deployment.workflowId}?version=${deployment.version}`}
              inherit
              underline="always"
            >
              Version {deployment.version}
            </Anchor>{" "}
            on{" "}
            <Anchor component={Link} href={`/dashboard/runners/${deployment.runnerId}`} inherit underline="always">
              {deployment.runnerName}
            </Anchor>
            {!deployment.runnerOnline && ", which is offline"} · deployed <TimeAgo at={deployment.createdAt} />
            {deployment.createdBy && ` by ${deployment.createdBy}`}
          </>
        }
        actions={!isWaiting && <BatchActions deployment={deployment} items={items} />}
      />
      {deployment.pausedAt && (
        <Alert variant="default" role="status" mb="md" icon={<IconPlayerPause size={18} aria-hidden />} title="Paused">
          What the runner has already goes on; the others wait until somebody resumes the deployment.
        </Alert>
      )}
      <ItsPlace deployment={deployment} />
      {schedule && (
        <Box mb="lg">
          <SchedulePanel deployment={{ ...deployment, schedule }} changing={<ChangeSchedule deployment={{ ...deployment, schedule }} />} />
        </Box>
      )}
      {hasInputs && (
        <Box mb="lg">
          <Panel title="Inputs" flush>
            <GivenInputs deploymentId={deployment.id} />
          </Panel>
        </Box>
      )}
      {!isWaiting && <BatchBar deployment={deployment} chosen={part} onChoose={(next) => setPart(next ?? "")} />}
      {items.length > 10 && (
        <TextInput
          type="search"
          aria-label="Search profiles"
          placeholder="Search profiles"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          maw={320}
          mt="md"
        />
      )}
      {isWaiting ? null : results.isError && !results.data ? (
        <ErrorState error={results.error} onRetry={() => void results.refetch()} />
      ) : results.isPending ? (
        <Skeleton height={320} mt="md" />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={<IconSearch size={26} stroke={1.5} aria-hidden />}
          title="No profile matches"
          description="Choose another state, or search for another name."
        />
      ) : (
        <BatchRows items={shown} waiting={results.data.waiting} paused={deployment.pausedAt !== null} />
      )}
      {schedule && (
        <Box mt="lg">
          <Panel title="History" description="What became of its times">
            <FiringHistory deploymentId={deployment.id} when={schedule.when} />
          </Panel>
        </Box>
      )}
    </>
  );
}

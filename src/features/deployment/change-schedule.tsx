"use client";

import type { DeploymentDetail, DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import { Anchor, Button, Drawer, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ErrorState } from "@/components/error-state";
import { underWay } from "@/features/schedule/standing";
import { useTRPC } from "@/trpc/client";
import { ChangeScheduleForm } from "./change-schedule-form.tsx";

type Props = { deployment: Pick<DeploymentDetail, "id" | "runnerName"> & { schedule: DeploymentSchedule } };

/** Opens the drawer in which a schedule's times, rules, inputs and profiles are changed. */
export function ChangeSchedule({ deployment }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const { kind } = deployment.schedule.when;
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={open}>
        Change
      </Button>
      <Drawer
        opened={opened}
        onClose={close}
        title={`Change the ${kind === "webhook" || kind === "after" ? "trigger" : "schedule"}`}
        size={460}
        closeButtonProps={{ "aria-label": "Close" }}
        styles={{ title: { fontWeight: 600, lineHeight: 1.35 } }}
      >
        <Loaded deployment={deployment} />
      </Drawer>
    </>
  );
}

const asks = { pause: "to pause it", resume: "to go on with it", remove: "to end it" } as const;

/** Loads what the form starts from; why it cannot be changed now is said in its place. */
function Loaded({ deployment: { id, runnerName, schedule } }: Props) {
  const trpc = useTRPC();
  // what somebody has typed is not thrown away by what comes meanwhile
  const terms = useQuery(trpc.deployment.terms.queryOptions({ id }, { refetchOnWindowFocus: false }));
  const { runnerId, workflowId, version } = terms.data ?? {};
  const runner = useQuery(trpc.runner.get.queryOptions({ id: runnerId ?? "" }, { enabled: runnerId !== undefined }));
  const content = useQuery(
    trpc.workflow.version.queryOptions(
      { id: workflowId ?? "", number: version },
      { enabled: workflowId !== undefined, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const asked = underWay(schedule);
  const by = terms.data?.replacedById;
  const failed = [terms, runner, content].find((query) => query.isError && !query.data);
  if (failed) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!terms.data || !runner.data || !content.data) return <Skeleton height={240} aria-busy />;
  if (by) {
    return (
      <Text size="sm">
        <Anchor component={Link} href={`/dashboard/deployments/${by}`} inherit underline="always">
          Another
        </Anchor>{" "}
        has its place already. Change that one.
      </Text>
    );
  }
  if (asked) {
    return (
      <Text size="sm">
        {runnerName} was asked {asks[asked]}, and has not answered yet. Change it once it has.
      </Text>
    );
  }
  return <ChangeScheduleForm terms={terms.data} runner={runner.data} content={content.data} />;
}

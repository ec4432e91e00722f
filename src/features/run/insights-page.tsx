"use client";

import type { RunInsights } from "@deskhand/shared/schemas/run-insights";
import { Anchor, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import * as z from "zod";
import { BackLink } from "@/components/back-link";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { DurationChart } from "./duration-chart.tsx";
import classes from "./heat-map.module.css";
import { HeatMap } from "./heat-map.tsx";
import { cellWords } from "./heat-map-logic.ts";

const spans = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
];

/** How the project's runs, or one workflow's, ended day by day, and how long they took. */
export function RunInsightsPage() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const workflowId = z.uuid().safeParse(useSearchParams().get("workflow")).data;
  const [days, setDays] = useState("30");
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const insights = useQuery(
    trpc.run.insights.queryOptions(
      { projectId, days: Number(days), timeZone, ...(workflowId && { workflowId }) },
      { placeholderData: (before) => before },
    ),
  );
  return (
    <>
      <PageHeader
        above={<BackLink href="/dashboard/runs">Runs</BackLink>}
        title="Insights"
        description={
          workflowId ? (
            <>
              Of one workflow only.{" "}
              <Anchor component={Link} href="/dashboard/runs/insights" size="sm">
                Show all
              </Anchor>
            </>
          ) : (
            "How runs ended, day by day, and how long they took."
          )
        }
        actions={<SegmentedControl aria-label="Time" data={spans} value={days} onChange={setDays} />}
      />
      {insights.data ? (
        <Shown insights={insights.data} />
      ) : insights.isError ? (
        <ErrorState error={insights.error} onRetry={() => void insights.refetch()} />
      ) : (
        <Skeleton height={360} radius="md" />
      )}
    </>
  );
}

function Shown({ insights }: { insights: RunInsights }) {
  if (insights.cells.length === 0) {
    return (
      <EmptyState
        icon={<IconChartLine size={22} stroke={1.5} aria-hidden />}
        title="Nothing ended in this time"
        description="Runs are counted here when they have ended. Choose a longer time, or deploy a workflow."
      />
    );
  }
  const sum = (read: (day: RunInsights["days"][number]) => number) => insights.days.reduce((total, day) => total + read(day), 0);
  const all = { succeeded: sum((day) => day.succeeded), failed: sum((day) => day.failed), other: sum((day) => day.other) };
  return (
    <Stack gap="md">
      <Panel title="Success by workflow and day" description={`${cellWords(all)}. A cell has the number of runs that succeeded or failed.`}>
        <HeatMap insights={insights} />
        <Legend />
      </Panel>
      <Panel
        title="How long runs took"
        description="Of those that succeeded, by day: half took at most p50, and all but one in twenty at most p95."
      >
        <DurationChart insights={insights} />
      </Panel>
    </Stack>
  );
}

const legend = [
  ["best", "all succeeded"],
  ["good", "from 95 %"],
  ["fair", "from 80 %"],
  ["poor", "from 50 %"],
  ["bad", "below 50 %"],
] as const;

function Legend() {
  return (
    <ul className={classes.legend} aria-label="Colours">
      {legend.map(([tone, words]) => (
        <li key={tone}>
          <span className={classes.cell} data-tone={tone} aria-hidden />
          <Text span inherit>
            {words}
          </Text>
        </li>
      ))}
    </ul>
  );
}

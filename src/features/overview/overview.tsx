"use client";

import { SimpleGrid, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { Figure } from "./figure.tsx";
import { GettingStarted } from "./getting-started.tsx";
import classes from "./overview.module.css";
import { gettingStarted, percent, successRate } from "./overview-facts.ts";
import { RunnerPanel } from "./runner-panel.tsx";

const day = 24 * 3600_000;
const sample = 100;

/** How the project stands: what to do first, what runs, on what, and how well. `children` are the recent runs. */
export function Overview({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const { id: projectId, name, role } = useProject();
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  const profiles = useQuery(trpc.profile.list.queryOptions({ projectId, limit: 1 }));
  const workflows = useQuery(trpc.workflow.list.queryOptions({ projectId, limit: 1 }));
  const runs = useQuery(trpc.run.list.queryOptions({ projectId, limit: sample }));
  const active = useQuery(trpc.run.list.queryOptions({ projectId, limit: sample, state: "active" }));
  const [now] = useState(() => Date.now());
  const queries = [runners, profiles, workflows, runs, active];
  const failed = queries.find((query) => query.isError && !query.data);

  if (failed) {
    return (
      <>
        <PageHeader title="Overview" />
        <ErrorState error={failed.error} onRetry={() => queries.forEach((query) => void query.refetch())} />
      </>
    );
  }

  const all = runners.data?.items ?? [];
  const accepted = all.filter((runner) => runner.status === "accepted");
  const loaded = runners.data && profiles.data && workflows.data && runs.data && active.data;
  const tasks = loaded
    ? gettingStarted({
        runners: accepted.length,
        pendingRunners: all.filter((runner) => runner.status === "pending").length,
        profiles: profiles.data.items.length,
        firstWorkflowId: workflows.data.items[0]?.id ?? null,
        runs: runs.data.items.length,
        mayManageRunners: role !== "member",
      })
    : null;
  const lastDay = runs.data && successRate(runs.data.items, now - day);
  const lastWeek = runs.data && successRate(runs.data.items, now - 7 * day);
  const cut = runs.data?.nextCursor ? `of the last ${sample} runs` : null;

  return (
    <>
      <PageHeader title="Overview" description={name} />
      {/* what comes first depends on all answers, so nothing is shown that would have to make room for it */}
      {!loaded && <Skeleton height="14rem" radius="md" />}
      <Stack gap="lg" display={loaded ? undefined : "none"}>
        {tasks?.some((task) => !task.done) && <GettingStarted tasks={tasks} />}
        <SimpleGrid cols={{ base: 2, md: 4 }} spacing={{ base: "xs", xs: "md" }}>
          <Figure
            label="Runners online"
            value={runners.data && `${accepted.filter((runner) => runner.online).length} / ${accepted.length}`}
            href="/dashboard/runners"
          />
          <Figure
            label="Active runs"
            value={active.data && `${active.data.items.length}${active.data.nextCursor ? "+" : ""}`}
            href="/dashboard/runs?state=active"
          />
          <Figure
            label="Success, 24 hours"
            value={lastDay && percent(lastDay)}
            note={lastDay && ratio(lastDay, cut)}
            href="/dashboard/runs"
          />
          <Figure
            label="Success, 7 days"
            value={lastWeek && percent(lastWeek)}
            note={lastWeek && ratio(lastWeek, cut)}
            href="/dashboard/runs"
          />
        </SimpleGrid>
        <div className={classes.layout}>
          {children}
          <RunnerPanel runners={runners.data?.items} />
        </div>
      </Stack>
    </>
  );
}

function ratio({ succeeded, ended }: { succeeded: number; ended: number }, cut: string | null): string {
  if (ended === 0) return "No run has ended";
  return `${succeeded} of ${ended}${cut && ended === sample ? `, ${cut}` : ""}`;
}

"use client";

import { type RelayFigures, type RelaySpan, relaySpan } from "@deskhand/shared/schemas/relay-figures";
import { Paper, SegmentedControl, Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import classes from "./figure-chart.module.css";
import { FigureChart } from "./figure-chart.tsx";
import { charts, readableSeconds } from "./figure-words.ts";

const spanWords: Record<RelaySpan, string> = { "1h": "1 hour", "24h": "24 hours", "7d": "7 days" };
const askEveryMs = 30_000;

/** The installation's relay over time, for its operators: the same numbers as /metrics, over all processes. */
export function RelayFiguresPage() {
  const trpc = useTRPC();
  const [span, setSpan] = useState<RelaySpan>("1h");
  const figures = useQuery(trpc.admin.relay.queryOptions({ span }, { refetchInterval: askEveryMs, placeholderData: keepPreviousData }));
  return (
    <>
      <PageHeader
        title="Relay"
        description="Runners, commands and alerts of the whole installation. Every minute a point is added."
        actions={
          <SegmentedControl
            size="xs"
            aria-label="Time shown"
            data={relaySpan.options.map((value) => ({ value, label: spanWords[value] }))}
            value={span}
            onChange={(value) => setSpan(value as RelaySpan)}
          />
        }
      />
      {figures.isError && !figures.data ? (
        <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
      ) : figures.data ? (
        <>
          <Now figures={figures.data} />
          <div className={classes.grid}>
            {charts.map((chart) => (
              <FigureChart key={chart.title} chart={chart} figures={figures.data} />
            ))}
          </div>
        </>
      ) : (
        <FiguresSkeleton />
      )}
    </>
  );
}

function Now({ figures: { now } }: { figures: RelayFigures }) {
  const items = [
    ["Runners online", now.onlineRunners],
    ["Server processes", now.processes],
    ["Queued", now.queued],
    ["Running", now.running],
    ["Oldest queued, runner online", readableSeconds(now.oldestOnline)],
    ["Alerts on their way", now.pendingDeliveries],
    ["E-mail", now.emailReady ? "Set up" : "Not set up"],
  ] as const;
  return (
    <Paper component="section" aria-label="Now" mb="md">
      <dl className={classes.now}>
        {items.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Paper>
  );
}

function FiguresSkeleton() {
  return (
    <div aria-busy="true">
      <Skeleton height={90} radius="md" mb="md" />
      <div className={classes.grid}>
        {charts.map(({ title }) => (
          <Skeleton key={title} height={300} radius="md" />
        ))}
      </div>
    </div>
  );
}

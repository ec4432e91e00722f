"use client";

import type { RunDetail } from "@deskhand/shared/schemas/run";
import { Select, Skeleton, Stack, Text } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import * as z from "zod";
import { BackLink } from "@/components/back-link";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { compareAddress } from "./compare-address.ts";
import { pairSteps } from "./compare-logic.ts";
import classes from "./compare-page.module.css";
import { ComparePictures } from "./compare-pictures.tsx";
import { CompareResults } from "./compare-results.tsx";
import { CompareSteps } from "./compare-steps.tsx";
import { stateLabels } from "./run-badge.tsx";
import { RunFacts } from "./run-facts.tsx";
import { shownState } from "./run-words.ts";

/** Two runs of a workflow side by side; both are in the address, so that a comparison can be kept and sent. */
export function ComparePage() {
  const trpc = useTRPC();
  const search = useSearchParams();
  const a = readId(search.get("a"));
  const b = readId(search.get("b"));
  const first = useQuery(trpc.run.get.queryOptions(a ? { id: a } : skipToken));
  const second = useQuery(trpc.run.get.queryOptions(b ? { id: b } : skipToken));
  useDocumentTitle("Compare runs · Deskhand");
  const failed = first.error ?? second.error;
  return (
    <>
      <PageHeader
        above={<BackLink href={a ? `/dashboard/runs/${a}` : "/dashboard/runs"}>{a ? "Run" : "Runs"}</BackLink>}
        title="Compare runs"
        description="What two runs did, step by step, and where they part."
      />
      {!a ? (
        <EmptyState title="No run was chosen" description="Open a run and press Compare there." />
      ) : failed ? (
        <ErrorState error={failed} onRetry={() => void Promise.all([first.refetch(), second.refetch()])} />
      ) : !first.data || (b && !second.data) ? (
        <Skeleton height={360} radius="md" />
      ) : (
        <Stack gap="md">
          <div className={classes.sides}>
            <Side run={first.data} label="First run" />
            <div>
              <OtherRun run={first.data} chosen={b} />
              {second.data && <Side run={second.data} label="Second run" />}
            </div>
          </div>
          {second.data ? (
            <Comparison key={`${a}${b}`} a={first.data} b={second.data} />
          ) : (
            <EmptyState title="Choose the second run" description="Of the same workflow, on any profile." />
          )}
        </Stack>
      )}
    </>
  );
}

function Side({ run, label }: { run: RunDetail; label: string }) {
  return (
    <section aria-label={label} className={classes.side}>
      <RunFacts run={run} />
    </section>
  );
}

function OtherRun({ run, chosen }: { run: RunDetail; chosen: string | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { id: projectId } = useProject();
  const list = useQuery(trpc.run.list.queryOptions({ projectId, workflowId: run.workflowId, limit: 50 }));
  const others = (list.data?.items ?? []).filter(({ id }) => id !== run.id);
  return (
    <Select
      aria-label="Compare with"
      placeholder={list.data && others.length === 0 ? "It has no other run" : "Compare with …"}
      disabled={list.isSuccess && others.length === 0}
      searchable
      data={others.map((other) => ({
        value: other.id,
        label: `${new Date(other.createdAt).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" })} · ${stateLabels[shownState(other)].label} · ${other.profileName}`,
      }))}
      value={chosen}
      onChange={(id) => id && router.replace(compareAddress(run.id, id), { scroll: false })}
    />
  );
}

function Comparison({ a, b }: { a: RunDetail; b: RunDetail }) {
  const pairs = pairSteps(a, b);
  const first = pairs.findIndex(({ isDifferent }) => isDifferent);
  const [chosen, setChosen] = useState(Math.max(0, first));
  const pair = pairs[chosen];
  return (
    <>
      <Panel title="Steps" description={<FirstDifference index={first} />} flush>
        <CompareSteps pairs={pairs} chosen={chosen} first={first} onChoose={setChosen} />
      </Panel>
      {pair && (
        <Panel title="Screenshots">
          <ComparePictures a={a} b={b} pair={pair} />
        </Panel>
      )}
      <Panel title="Result data">
        <CompareResults a={a} b={b} />
      </Panel>
    </>
  );
}

function FirstDifference({ index }: { index: number }) {
  return (
    <Text span size="sm" role="status">
      {index < 0 ? "Every step ended alike in both." : `They part at row ${index + 1}.`}
    </Text>
  );
}

function readId(text: string | null): string | null {
  return z.uuid().safeParse(text).data ?? null;
}

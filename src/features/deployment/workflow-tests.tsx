"use client";

import type { TestRunView } from "@deskhand/shared/schemas/workflow-test";
import { Anchor, Button, Group, PasswordInput, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { inputFields, readInputSchema } from "./input-fields.ts";
import { usableRunners } from "./preselect.ts";
import { useRunTests } from "./use-run-tests.ts";

const refreshMs = 3000;

/** A workflow's tests: what became of each the last time, and what runs them. Nothing for a workflow without. */
export function WorkflowTests({ workflowId }: { workflowId: string }) {
  const trpc = useTRPC();
  const asked = Number(useSearchParams().get("version"));
  const number = Number.isInteger(asked) && asked > 0 ? asked : undefined;
  const tests = useQuery(
    trpc.workflow.testRuns.queryOptions(
      { id: workflowId, number },
      { refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? refreshMs : false) },
    ),
  );
  if (!tests.data || tests.data.items.length === 0) return null;
  return (
    <Panel title="Tests" description={`Of version ${tests.data.version}: inputs, and what the run has to read.`}>
      <Stack gap="sm">
        {tests.data.items.map((test) => (
          <Group key={test.name} justify="space-between" wrap="nowrap">
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {test.name}
            </Text>
            {test.runId ? (
              <Anchor component={Link} href={`/dashboard/runs/${test.runId}`} aria-label={`Run of ${test.name}: ${resultWords(test)[0]}`}>
                <Result test={test} />
              </Anchor>
            ) : (
              <Result test={test} />
            )}
          </Group>
        ))}
        <RunTests workflowId={workflowId} version={tests.data.version} names={tests.data.items.map(({ name }) => name)} />
      </Stack>
    </Panel>
  );
}

function isUnderWay({ state }: TestRunView): boolean {
  return state === "queued" || state === "leased" || state === "accepted" || state === "running";
}

function Result({ test }: { test: TestRunView }) {
  const [label, tone] = resultWords(test);
  return <StatusBadge tone={tone}>{label}</StatusBadge>;
}

function resultWords(test: TestRunView): [label: string, tone: Tone] {
  if (test.state === null) return ["Never run", "idle"];
  if (isUnderWay(test)) return ["Running", "busy"];
  if (test.state === "succeeded") return ["Passed", "good"];
  if (test.failureCode === "TEST_FAILED") return ["Another result", "bad"];
  return test.state === "cancelled" ? ["Cancelled", "idle"] : ["Failed", "bad"];
}

/** Where the tests run, and the secrets that they need, which no test stores. */
function RunTests({ workflowId, version, names }: { workflowId: string; version: number; names: string[] }) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const [profileId, setProfileId] = useState<string | null>(null);
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  const profiles = useQuery(trpc.profile.list.queryOptions({ projectId, limit: 100 }));
  const content = useQuery(
    trpc.workflow.version.queryOptions({ id: workflowId, number: version }, { staleTime: Number.POSITIVE_INFINITY }),
  );
  const run = useRunTests();
  const usable = usableRunners(runners.data?.items ?? []);
  const offered = (profiles.data?.items ?? []).filter((profile) => usable.some(({ id }) => id === profile.runnerId));
  const profile = offered.find(({ id }) => id === profileId);
  const runner = usable.find(({ id }) => id === profile?.runnerId);
  const secretFields = content.data ? inputFields(readInputSchema(content.data.inputSchema)).filter(({ kind }) => kind === "password") : [];
  const start = () => {
    if (!content.data || !profile || !runner) return;
    const { recording } = content.data;
    run.mutate({ projectId, workflowId, version, recording, runner, profileId: profile.id, names, secrets });
  };
  return (
    <Stack gap="xs">
      <Select
        label="Run them with profile"
        data={offered.map(({ id, name }) => ({ value: id, label: name }))}
        value={profileId}
        onChange={setProfileId}
        searchable={offered.length > 8}
      />
      {secretFields.map(({ name, label }) => (
        <PasswordInput
          key={name}
          label={label}
          value={secrets[name] ?? ""}
          onChange={({ currentTarget }) => setSecrets({ ...secrets, [name]: currentTarget.value })}
          autoComplete="off"
        />
      ))}
      {run.error && <ErrorState error={run.error} />}
      <Button variant="default" onClick={start} loading={run.isPending} disabled={!profile}>
        {names.length === 1 ? "Run the test" : `Run ${names.length} tests`}
      </Button>
    </Stack>
  );
}

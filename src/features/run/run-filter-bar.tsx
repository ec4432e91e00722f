"use client";

import { Anchor, Button, Group, Select, SimpleGrid, Text } from "@mantine/core";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import type { RunFilterKey, RunFilters, StateFilter } from "./run-filters.ts";
import { type Named, SearchedFilter } from "./searched-filter.tsx";

const states: { value: StateFilter; label: string }[] = [
  { value: "active", label: "Active" },
  { value: "queued", label: "Queued" },
  { value: "running", label: "Running" },
  { value: "succeeded", label: "Succeeded" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
  { value: "expired", label: "Expired" },
];

type Props = { filters: RunFilters; onChange: (filters: RunFilters) => void };

/** Narrows the runs down by state, workflow, profile and runner; to those of one deployment for whoever comes from there. */
export function RunFilterBar({ filters, onChange }: Props) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  const set = (key: RunFilterKey) => (value: string | null) => {
    const { [key]: _, ...rest } = filters;
    onChange(value ? { ...rest, [key]: value } : rest);
  };
  return (
    <Group component="search" aria-label="Filters">
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs" w="100%" maw={880}>
        <Filter label="State" any="Any state" data={states} value={filters.state} onChange={set("state")} />
        <SearchedFilter
          label="Workflow"
          any="All workflows"
          value={filters.workflowId}
          onChange={set("workflowId")}
          useFound={useWorkflows}
          useChosen={useWorkflow}
        />
        <SearchedFilter
          label="Profile"
          any="All profiles"
          value={filters.profileId}
          onChange={set("profileId")}
          useFound={useProfiles}
          useChosen={useProfile}
        />
        <Filter label="Runner" any="All runners" data={options(runners.data?.items)} value={filters.runnerId} onChange={set("runnerId")} />
      </SimpleGrid>
      {filters.deploymentId && (
        <Group gap="xs">
          <Text size="sm">
            Of{" "}
            <Anchor component={Link} href={`/dashboard/deployments/${filters.deploymentId}`} inherit underline="always">
              one deployment
            </Anchor>
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => set("deploymentId")(null)}>
            Of all
          </Button>
        </Group>
      )}
    </Group>
  );
}

function useWorkflows(search: string | undefined): Named[] | undefined {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const asked = trpc.workflow.list.queryOptions({ projectId, search, limit: 50 }, { placeholderData: keepPreviousData });
  return useQuery(asked).data?.items;
}

function useWorkflow(id: string | undefined): Named | undefined {
  const trpc = useTRPC();
  return useQuery(trpc.workflow.get.queryOptions(id === undefined ? skipToken : { id })).data;
}

function useProfiles(search: string | undefined): Named[] | undefined {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const asked = trpc.profile.list.queryOptions({ projectId, search, limit: 50 }, { placeholderData: keepPreviousData });
  return useQuery(asked).data?.items;
}

function useProfile(id: string | undefined): Named | undefined {
  const trpc = useTRPC();
  return useQuery(trpc.profile.get.queryOptions(id === undefined ? skipToken : { id })).data;
}

type FilterProps = {
  label: string;
  any: string;
  data: { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | null) => void;
};

function Filter({ label, any, data, value, onChange }: FilterProps) {
  // what is filtered by may be deleted or beyond the first hundred
  const known = value === undefined || data.some((option) => option.value === value) ? data : [...data, { value, label: "Chosen before" }];
  return (
    <Select
      aria-label={label}
      placeholder={any}
      data={known}
      value={value ?? null}
      onChange={onChange}
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      searchable={data.length > 8}
      nothingFoundMessage="Nothing of that name"
      comboboxProps={{ width: "max-content", position: "bottom-start", middlewares: { shift: true, flip: true } }}
    />
  );
}

function options(items: readonly { id: string; name: string }[] | undefined) {
  return (items ?? []).map((item) => ({ value: item.id, label: item.name }));
}

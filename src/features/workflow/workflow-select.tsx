import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

type Props = Omit<SelectProps, "data" | "searchable" | "searchValue" | "onSearchChange" | "filter" | "value" | "onChange"> & {
  /** The workflow's id; null or empty for none. */
  value: string | null;
  onChange: (workflowId: string | null) => void;
  /** The id of one that cannot be chosen. */
  except?: string;
};

/** One of the project's workflows, however many there are: the server looks for what is typed. */
export function WorkflowSelect({ value, onChange, except, ...select }: Props) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const [typed, setTyped] = useState("");
  const chosen = value || null;
  const own = useQuery(trpc.workflow.get.queryOptions({ id: chosen ?? "" }, { enabled: chosen !== null, retry: false }));
  // the name of what is chosen stands in the field, and looks for nothing
  const [search] = useDebouncedValue(typed === own.data?.name ? "" : typed.trim().slice(0, 80), 200);
  const list = useQuery(
    trpc.workflow.list.queryOptions({ projectId, limit: 50, ...(search && { search }) }, { placeholderData: keepPreviousData }),
  );
  const known = new Map((list.data?.items ?? []).map(({ id, name }) => [id, name]));
  if (own.data) known.set(own.data.id, own.data.name);
  if (except) known.delete(except);
  return (
    <Select
      placeholder={list.isPending ? "…" : "Choose a workflow"}
      nothingFoundMessage="No workflow of that name"
      {...select}
      data={[...known].map(([id, name]) => ({ value: id, label: name }))}
      value={chosen}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
    />
  );
}

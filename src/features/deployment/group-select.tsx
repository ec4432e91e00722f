import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Select } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { notifyError } from "@/components/notify";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

type Props = { runner: Pick<RunnerView, "id">; onChosen: (ids: string[]) => void };

/** Chooses all profiles of a group that live on the runner; nothing when there are no groups. */
export function GroupSelect({ runner, onChosen }: Props) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const [groupId, setGroupId] = useState<string | null>(null);
  const summary = useQuery(trpc.profileGroup.list.queryOptions({ projectId }));
  const find = useMutation(
    trpc.profiles.targets.mutationOptions({ onSuccess: ({ items }) => onChosen(items.map(({ id }) => id)), onError: notifyError }),
  );
  const groups = summary.data?.groups.filter(({ profiles }) => profiles > 0) ?? [];
  if (groups.length === 0) return null;
  return (
    <Select
      label="Group"
      description="All of a group, up to 1,000 profiles."
      placeholder="Choose profiles one by one"
      data={groups.map(({ id, name, profiles }) => ({ value: id, label: `${name} (${profiles.toLocaleString("en")})` }))}
      value={groupId}
      onChange={(id) => {
        setGroupId(id);
        if (id) find.mutate({ projectId, filter: { groupId: id, runnerId: runner.id } });
        else onChosen([]);
      }}
      clearable
      searchable={groups.length > 8}
      mb="sm"
    />
  );
}

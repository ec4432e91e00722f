"use client";

import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { Select, SimpleGrid, Stack, TagsInput, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** By what people find the profile again. Each field is kept when it is left. */
export function NotesPanel({ profile }: { profile: ProfileDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  const summary = useQuery(trpc.profileGroup.list.queryOptions({ projectId }));
  const [notes, setNotes] = useState(profile.notes);
  const describe = useMutation(
    trpc.profile.describe.mutationOptions({
      onError: notifyError,
      onSettled: () => queryClient.invalidateQueries(trpc.profile.get.queryFilter({ id: profile.id })),
    }),
  );
  const { id } = profile;
  return (
    <Panel title="Notes" description="Seen by everybody in the project.">
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TagsInput
            label="Tags"
            placeholder={profile.tags.length === 0 ? "Type or choose" : undefined}
            data={summary.data?.tags.map(({ tag }) => tag) ?? []}
            value={describe.isPending && describe.variables.tags ? describe.variables.tags : profile.tags}
            onChange={(tags) => describe.mutate({ id, tags })}
            splitChars={[","]}
            maxTags={20}
          />
          <Select
            label="Group"
            placeholder="No group"
            data={summary.data?.groups.map((group) => ({ value: group.id, label: group.name })) ?? []}
            value={profile.groupId}
            onChange={(groupId) => describe.mutate({ id, groupId })}
            clearable
            searchable
            nothingFoundMessage="Groups are made on the list of profiles"
          />
        </SimpleGrid>
        <Textarea
          label="Notes"
          autosize
          minRows={2}
          maxLength={4000}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
          onBlur={() => notes !== profile.notes && describe.mutate({ id, notes })}
        />
      </Stack>
    </Panel>
  );
}

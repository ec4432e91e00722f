"use client";

import type { ProfileMoveView } from "@deskhand/shared/schemas/profile-move";
import { Button, Group, List, Loader, Paper, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifyError } from "@/components/notify";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { moveWords } from "./move-words.ts";

/** Failures older than this are in the API only, milliseconds. */
const recentMs = 24 * 60 * 60_000;
const shownAtOnce = 5;

/** Profiles on their way to another runner, and those that did not get there; nothing when there are none. */
export function MovesPanel({ profileId }: { profileId?: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  const [seenUntil, setSeenUntil] = useState(0);
  const of = { projectId, limit: 100, ...(profileId && { profileId }) };
  const active = useQuery(trpc.profileMove.list.queryOptions({ ...of, state: "active" })).data;
  const failed = useQuery(trpc.profileMove.list.queryOptions({ ...of, state: "failed", limit: 20 })).data;
  const cancel = useMutation(
    trpc.profileMove.cancel.mutationOptions({
      onError: notifyError,
      onSettled: () => queryClient.invalidateQueries(trpc.profileMove.pathFilter()),
    }),
  );
  const going = active?.items ?? [];
  const since = Math.max(seenUntil, Date.now() - recentMs);
  const stayed = (failed?.items ?? []).filter(({ finishedAt }) => Date.parse(finishedAt ?? "") > since);
  if (going.length + stayed.length === 0) return null;
  const count = active?.nextCursor ? `More than ${going.length}` : going.length;
  return (
    <Paper withBorder p="md" mb="md" role="status" aria-label="Moves to another runner">
      {going.length > 0 && (
        <Group justify="space-between" mb={4}>
          <Group gap="xs">
            <Loader size={14} aria-hidden />
            <Text size="sm" fw={500}>
              {count} {going.length === 1 ? "profile is" : "profiles are"} on the way to another runner
            </Text>
          </Group>
          <Button
            size="compact-xs"
            variant="default"
            loading={cancel.isPending}
            onClick={async () => {
              // the newest first: those are the ones that wait
              for (const { id } of going) await cancel.mutateAsync({ id }).catch(() => {});
            }}
          >
            Stop
          </Button>
        </Group>
      )}
      <MoveList moves={going.toReversed()} />
      {stayed.length > 0 && (
        <Group justify="space-between" mt={going.length > 0 ? "sm" : 0} mb={4}>
          <Text size="sm" fw={500} c="red">
            {stayed.length} did not get there
          </Text>
          <Button size="compact-xs" variant="subtle" onClick={() => setSeenUntil(Date.now())}>
            Hide
          </Button>
        </Group>
      )}
      <MoveList moves={stayed} />
    </Paper>
  );
}

function MoveList({ moves }: { moves: ProfileMoveView[] }) {
  if (moves.length === 0) return null;
  return (
    <List size="xs" spacing={2} c="dimmed">
      {moves.slice(0, shownAtOnce).map((move) => (
        <List.Item key={move.id}>
          <b>{move.profile.name}</b> {moveWords(move)}
        </List.Item>
      ))}
      {moves.length > shownAtOnce && <List.Item>and {moves.length - shownAtOnce} more</List.Item>}
    </List>
  );
}

"use client";

import { Affix, Anchor, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { RequestAnswer } from "./request-answer.tsx";

/** On every page: that somebody asks for a profile that the person uses. */
export function RequestNotices() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const requests = useQuery(
    trpc.profileRequest.list.queryOptions({ projectId }, { refetchInterval: (query) => (query.state.data?.items.length ? 5_000 : false) }),
  );
  const mine = (requests.data?.items ?? []).filter(({ mayAnswer, isMine, holderName }) => mayAnswer && !isMine && holderName !== null);
  if (mine.length === 0) return null;
  return (
    <Affix position={{ bottom: 16, right: 16 }} zIndex={150}>
      <Stack gap="xs" role="alert" aria-label="Requests for profiles that you use">
        {mine.slice(0, 3).map((request) => (
          <Paper key={request.id} p="md" shadow="md" maw={340}>
            <Text size="sm" mb="xs">
              <b>{request.requestedBy}</b> asks for{" "}
              <Anchor component={Link} href={`/dashboard/profiles/${request.profileId}`} size="sm">
                {request.profileName}
              </Anchor>
              {request.message && `: “${request.message}”`}
            </Text>
            <RequestAnswer request={request} />
          </Paper>
        ))}
      </Stack>
    </Affix>
  );
}

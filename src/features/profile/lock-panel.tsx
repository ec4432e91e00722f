"use client";

import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import type { ProfileRequestView } from "@deskhand/shared/schemas/profile-request";
import { Alert, Anchor, Button, Group, List, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { heldWords, requestWords } from "./profile-words.ts";
import { RequestAnswer } from "./request-answer.tsx";
import { useOrder } from "./use-order.ts";
import { useSignClose } from "./use-sign-close.ts";

/** Who uses the profile, and how to get it from them. */
export function LockPanel({ profile }: { profile: ProfileDetail }) {
  const trpc = useTRPC();
  const { id: projectId, role } = useProject();
  const requests = useQuery(
    trpc.profileRequest.list.queryOptions(
      { projectId, profileId: profile.id },
      // a request ends by itself, which nobody tells
      { refetchInterval: (query) => (query.state.data?.items.some(({ state }) => state === "waiting") ? 5_000 : false) },
    ),
  );
  const items = requests.data?.items ?? [];
  const waiting = items.find(({ state }) => state === "waiting");
  const past = items.filter(({ state }) => state !== "waiting");
  // a session is only kept open: whoever needs the profile has it without asking
  const isKept = profile.holder?.kind === "session";
  const held = isKept
    ? null
    : (profile.holder ?? (profile.activeRunId ? ({ kind: "run", id: profile.activeRunId, since: null } as const) : null));
  if (!held && past.length === 0) return null;
  const isMine = profile.heldBy?.isMe ?? false;
  return (
    <Panel title="In use" description="One at a time uses a profile, so that nobody writes over what another does.">
      <Stack gap="md">
        {held ? (
          <Text size="sm" component="div">
            {heldWords(held.kind, profile.heldBy)}
            {held.since && (
              <>
                {" "}
                since <TimeAgo at={held.since} />
              </>
            )}
            {!profile.runnerOnline && " (last known: the runner is offline)"}
            {held.kind === "run" && (
              <>
                {" · "}
                <Anchor component={Link} href={`/dashboard/runs/${held.id}`} size="sm">
                  {isMine ? "Open the run to cancel it" : "Open the run"}
                </Anchor>
              </>
            )}
          </Text>
        ) : (
          <Text size="sm" c="dimmed">
            Nobody uses it now.
          </Text>
        )}
        {waiting && <Waiting request={waiting} />}
        {held && isMine && held.kind === "window" && <CloseIt profile={profile} />}
        {held && !isMine && !waiting && <AskForIt profile={profile} holderKind={held.kind} mayTake={role !== "member"} />}
        {past.length > 0 && (
          <List size="xs" spacing={2} c="dimmed">
            {past.slice(0, 5).map((request) => (
              <List.Item key={request.id}>
                {requestWords(request)} <TimeAgo at={request.createdAt} />
              </List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Panel>
  );
}

function Waiting({ request }: { request: ProfileRequestView }) {
  const { withdraw } = useRequestActions(request.profileId);
  return (
    <Alert variant="light" color="yellow" role="status" title={request.isMine ? "You asked for it" : `${request.requestedBy} asks for it`}>
      <Text size="sm">
        {request.message && `“${request.message}” `}
        {request.holderName ?? "Whoever uses it"} has two minutes to answer; without an answer it stays theirs.
      </Text>
      <Group gap="xs" mt="sm">
        {request.mayAnswer && !request.isMine && <RequestAnswer request={request} />}
        {request.isMine && (
          <Button
            size="xs"
            variant="default"
            onClick={() => withdraw.mutate({ profileId: request.profileId })}
            loading={withdraw.isPending}
          >
            Ask no longer
          </Button>
        )}
      </Group>
    </Alert>
  );
}

/** Ends the window of whoever looks. */
function CloseIt({ profile }: { profile: ProfileDetail }) {
  const order = useOrder(profile);
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={order.isPending}
        disabled={!profile.runnerOnline}
        onClick={() => order.mutate({ kind: "close" }, { onSuccess: () => notifyDone(`${profile.name} is saved and closed.`) })}
      >
        Close the window
      </Button>
    </Group>
  );
}

type AskProps = { profile: ProfileDetail; holderKind: string; mayTake: boolean };

function AskForIt({ profile: { id: profileId, runnerId }, holderKind, mayTake }: AskProps) {
  const [asking, { open, close }] = useDisclosure(false);
  const [taking, take] = useDisclosure(false);
  const [text, setText] = useState("");
  const actions = useRequestActions(profileId);
  if (!asking && !taking) {
    return (
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={open}>
          Ask for it
        </Button>
        {mayTake && (
          <Button size="xs" variant="subtle" color="red" onClick={take.open}>
            Take it over
          </Button>
        )}
      </Group>
    );
  }
  const leave = () => {
    close();
    take.close();
    setText("");
  };
  return (
    <Stack gap="xs">
      <Textarea
        label={taking ? "Why do you take it over?" : "Message"}
        description={
          taking ? "The run, window or session is ended without asking. Your name and this reason are kept." : "For whoever uses it."
        }
        placeholder={taking ? "It has been waiting for an hour" : "I need it for a minute"}
        maxLength={500}
        autosize
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <Group gap="xs">
        <Button
          size="xs"
          color={taking ? "red.8" : undefined}
          disabled={taking && text.trim().length < 3}
          loading={actions.ask.isPending || actions.take.isPending}
          onClick={() =>
            taking
              ? actions.take.mutate({ profileId, runnerId, holderKind, reason: text }, { onSuccess: leave })
              : actions.ask.mutate({ profileId, message: text }, { onSuccess: leave })
          }
        >
          {taking ? "Take it over" : "Ask for it"}
        </Button>
        <Button size="xs" variant="default" onClick={leave}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}

function useRequestActions(profileId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const client = useTRPCClient();
  const signClose = useSignClose();
  const settled = {
    onError: notifyError,
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries(trpc.profileRequest.pathFilter()),
        queryClient.invalidateQueries(trpc.profile.get.queryFilter({ id: profileId })),
      ]),
  };
  return {
    ask: useMutation(trpc.profileRequest.ask.mutationOptions({ ...settled, onSuccess: () => notifyDone("Asked for it.") })),
    take: useMutation({
      ...settled,
      mutationFn: async ({ reason, ...held }: { profileId: string; runnerId: string; holderKind: string; reason: string }) => {
        const signedManifest = await signClose(held);
        await client.profileRequest.take.mutate({ profileId: held.profileId, reason, signedManifest });
      },
      onSuccess: () => notifyDone("It is being freed for you."),
    }),
    withdraw: useMutation(trpc.profileRequest.withdraw.mutationOptions(settled)),
  };
}

"use client";

import type { SessionView } from "@deskhand/shared/schemas/account";
import { Badge, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconDeviceLaptop, IconDeviceMobile } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ConfirmButton } from "@/components/confirm-button";
import { ErrorState } from "@/components/error-state";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { deviceName } from "./device-name.ts";
import classes from "./devices-panel.module.css";

/** Where the person is signed in, and how to end that. */
export function DevicesPanel() {
  const trpc = useTRPC();
  const sessions = useQuery(trpc.account.sessions.queryOptions());
  const revokeOthers = useMutation(
    trpc.account.revokeOtherSessions.mutationOptions({ onSuccess: () => notifyDone("Every other device was signed out.") }),
  );
  const items = sessions.data?.items ?? [];
  return (
    <Panel
      title="Signed-in devices"
      description="Sign out what you do not recognise, then change your password where you reused it."
      actions={
        items.length > 1 && (
          <ConfirmButton
            size="xs"
            title="Sign out all other devices?"
            message="They have to sign in again. This device stays signed in."
            confirmLabel="Sign out others"
            onConfirm={() => revokeOthers.mutateAsync()}
          >
            Sign out others
          </ConfirmButton>
        )
      }
    >
      {sessions.isError && !sessions.data ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : sessions.isPending ? (
        <Stack gap="sm">
          <Skeleton height={40} />
          <Skeleton height={40} />
        </Stack>
      ) : (
        <ul className={classes.list} aria-label="Signed-in devices">
          {items.map((session) => (
            <Device key={session.id} session={session} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Device({ session }: { session: SessionView }) {
  const trpc = useTRPC();
  const name = deviceName(session.userAgent);
  const revoke = useMutation(
    trpc.account.revokeSession.mutationOptions({ onSuccess: () => notifyDone(`${name} was signed out.`), onError: notifyError }),
  );
  const Icon = /Mobile/.test(session.userAgent ?? "") ? IconDeviceMobile : IconDeviceLaptop;
  return (
    <li className={classes.item}>
      <Icon size={20} stroke={1.5} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <Group gap="xs">
          <Text size="sm" fw={500}>
            {name}
          </Text>
          {session.current && <Badge variant="default">This device</Badge>}
        </Group>
        <Text size="xs" c="dimmed">
          Seen <TimeAgo at={session.lastSeenAt} /> · signed in <TimeAgo at={session.createdAt} />
        </Text>
      </div>
      {!session.current && (
        <Button
          size="xs"
          variant="default"
          loading={revoke.isPending}
          onClick={() => revoke.mutate({ id: session.id })}
          aria-label={`Sign out ${name}`}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

"use client";

import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Button, Group, Paper, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import classes from "./pending-runner.module.css";
import { PlatformIcon } from "./platform-icon.tsx";
import { platformWords } from "./runner-words.ts";

/** A runner that asks to join: who it says it is, and the decision. Without the right to decide, it says who can. */
export function PendingRunner({
  runner,
  mayDecide,
  onAccepted,
}: {
  runner: RunnerView;
  mayDecide: boolean;
  onAccepted?: (runner: RunnerView) => void;
}) {
  const trpc = useTRPC();
  const accept = useMutation(trpc.runner.accept.mutationOptions({ onSuccess: (accepted) => onAccepted?.(accepted) }));
  const reject = useMutation(trpc.runner.reject.mutationOptions());
  const decided = accept.isSuccess || reject.isSuccess;
  const busy = accept.isPending || reject.isPending || decided;
  return (
    <Paper component="article" aria-label={`${runner.name} asks to join`} className={classes.card}>
      <div className={classes.who}>
        <span className={classes.icon}>
          <PlatformIcon platform={runner.platform} />
        </span>
        <div>
          <Text fw={600}>{runner.name} asks to join</Text>
          <Text size="xs" c="dimmed">
            {platformWords(runner)} · <TimeAgo at={runner.createdAt} />
          </Text>
        </div>
      </div>
      {runner.statusReason && <Text size="sm">{runner.statusReason}</Text>}
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          Its key fingerprint. {mayDecide && "Accept only if the runner printed the same one."}
        </Text>
        <code className={classes.fingerprint}>{runner.fingerprint}</code>
      </div>
      {(accept.isError || reject.isError) && <ErrorState error={accept.error ?? reject.error} />}
      {mayDecide ? (
        <Group gap="xs">
          <Button
            size="sm"
            onClick={() => accept.mutate({ id: runner.id })}
            loading={accept.isPending}
            disabled={busy && !accept.isPending}
          >
            Accept
          </Button>
          <Button
            size="sm"
            variant="default"
            onClick={() => reject.mutate({ id: runner.id })}
            loading={reject.isPending}
            disabled={busy && !reject.isPending}
          >
            Reject
          </Button>
        </Group>
      ) : (
        <Text size="sm" c="dimmed">
          An owner or admin of the project accepts or rejects it.
        </Text>
      )}
    </Paper>
  );
}

"use client";

import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Alert, Button, Code, Stack, Text } from "@mantine/core";
import { IconSignature } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { CopyField } from "@/components/copy-field";
import { ErrorState } from "@/components/error-state";
import { type SignerState, useSigner } from "@/trpc/signing";

/** Why this browser cannot deploy to a runner yet, and how its owner lets it. Nothing when it can. */
export function SignerNotice({ runner, signer }: { runner: RunnerView; signer: SignerState }) {
  const { ask } = useSigner();
  const asking = useMutation({ mutationFn: () => ask(runner) });
  const { state, fingerprint } = signer;
  if (state === "loading" || state === "approved") return null;
  const title = `${runner.name} takes only what an approved browser signed`;
  const icon = <IconSignature size={18} aria-hidden />;
  if (state === "unable") {
    return (
      <Alert variant="default" icon={icon} title={title} role="status">
        This page cannot sign, because it was not opened over https or on localhost. Open it there, or use “deskhand deploy” in a terminal.
      </Alert>
    );
  }
  if (state === "rejected" || state === "revoked") {
    return (
      <Alert variant="default" icon={icon} title={title} role="status">
        This browser was {state === "rejected" ? "turned away" : "revoked"}. Whoever owns the computer can run{" "}
        <Code>deskhand keys approve {fingerprint?.slice(0, 9)}</Code> on it.
      </Alert>
    );
  }
  return (
    <Alert variant="default" icon={icon} title={title} role="status">
      {state === "unknown" ? (
        <Stack gap="sm" align="flex-start">
          <Text size="sm">It has not approved this browser yet.</Text>
          {asking.isError && <ErrorState error={asking.error} />}
          <Button size="compact-sm" variant="default" onClick={() => asking.mutate()} loading={asking.isPending}>
            Ask for approval
          </Button>
        </Stack>
      ) : (
        <Stack gap="sm">
          <Text size="sm">
            This browser asks to be approved. On the runner’s computer compare the fingerprint <Code>{fingerprint}</Code> and run:
          </Text>
          <CopyField
            label="Approve command"
            value={`npx -y ${window.location.origin}/download/deskhand.tgz keys approve ${fingerprint?.slice(0, 9)}`}
            wrap
          />
          <Text size="sm" c="dimmed">
            {runner.online ? "This page goes on by itself." : "The runner is offline: it hears of this when it is back."}
          </Text>
        </Stack>
      )}
    </Alert>
  );
}

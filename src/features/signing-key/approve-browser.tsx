"use client";

import { approvalText, fromBase64Url, toBase64Url } from "@deskhand/shared/schemas/manifest";
import { Alert, Button, Loader, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconSignature } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/panel";
import { type BrowserKey, canSign, pinRecipient } from "@/trpc/browser-key";
import { useTRPCClient } from "@/trpc/client";
import { useSigner, useSignerState } from "@/trpc/signing";

/** Behind the link's #: the runner, the secret that the device printed, and the hash of the key that secrets are sealed to. */
const linkParts = /^#([0-9a-f-]{36})\.([\w-]{43})\.([\w-]{43})$/;

/** Where the link leads that a runner prints on its computer: has that runner approve this browser, without a second step. */
export function ApproveBrowser() {
  const client = useTRPCClient();
  const { ask } = useSigner();
  const approve = useMutation({
    mutationFn: async ([, runnerId = "", secret = "", recipient = ""]: RegExpExecArray) => {
      const runner = await client.runner.get.query({ id: runnerId });
      await pinRecipient(runner.id, toHex(fromBase64Url(recipient)));
      await ask(runner, (key) => prove(secret, runner.id, key));
      return runner;
    },
  });
  const { mutate } = approve;
  useEffect(() => {
    const look = () => {
      const parts = linkParts.exec(window.location.hash);
      // the secret is not for the history, nor for whoever looks at the screen
      if (window.location.hash) window.history.replaceState(null, "", window.location.pathname);
      if (parts && canSign()) mutate(parts);
    };
    look();
    // a link that is opened where this page is open already
    window.addEventListener("hashchange", look);
    return () => window.removeEventListener("hashchange", look);
  }, [mutate]);
  const { state, fingerprint } = useSignerState(approve.data);

  return (
    <>
      <PageHeader title="Approve this browser" description="So that a runner takes what is deployed from here." />
      {approve.isError ? (
        <ErrorState error={approve.error} />
      ) : approve.data ? (
        <Panel title={approve.data.name}>
          <Stack gap="md" align="flex-start" aria-live="polite">
            {state === "approved" ? (
              <>
                <Alert variant="default" icon={<IconCircleCheck size={18} aria-hidden />} title="This browser is approved" w="100%">
                  What you deploy from here to {approve.data.name} is signed with a key that never leaves this browser. Its fingerprint is{" "}
                  {fingerprint}.
                </Alert>
                <Button component={Link} href="/dashboard/workflows">
                  Go to workflows
                </Button>
              </>
            ) : state === "pending" || state === "rejected" || state === "revoked" ? (
              <Text size="sm">
                The link was used before or is more than a day old. Run “deskhand keys link” on the runner’s computer for a new one, or
                “deskhand keys approve {fingerprint?.slice(0, 9)}” to approve this browser, {fingerprint}.
              </Text>
            ) : (
              <Text size="sm" c="dimmed">
                <Loader size="xs" mr={8} />
                {approve.data.online
                  ? "The runner is being asked …"
                  : "The runner is offline. It approves this browser when it is back; you can leave this page."}
              </Text>
            )}
          </Stack>
        </Panel>
      ) : approve.isPending ? (
        <Loader size="sm" />
      ) : (
        <EmptyState
          icon={<IconSignature size={26} stroke={1.5} aria-hidden />}
          title={canSign() ? "Open the link that the runner printed" : "This page cannot sign"}
          description={
            canSign()
              ? "On the runner’s computer “deskhand keys link” prints a link to this page. It works once, within a day."
              : "Open it over https, or on localhost."
          }
        />
      )}
    </>
  );
}

async function prove(secret: string, runnerId: string, { publicKey }: BrowserKey): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", fromBase64Url(secret), algorithm, false, ["sign"]);
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(approvalText(runnerId, publicKey)))));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

"use client";

import type { TestRunView } from "@deskhand/shared/schemas/workflow-test";
import { Alert, Button, Group, Text } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "@/components/confirm-button";
import { notifyDone, notifyError } from "@/components/notify";
import { baseOf, useAddVersion } from "@/features/workflow/use-add-version";
import { useTRPC } from "@/trpc/client";

/** What can be done with a version that is tested before it is published. Nothing for one that is published. */
export function DraftPanel({ workflowId, number }: { workflowId: string; number: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { add, question } = useAddVersion(workflowId);
  const address = `/dashboard/workflows/${workflowId}`;
  const version = useQuery(trpc.workflow.version.queryOptions({ id: workflowId, number }));
  const tests = useQuery(trpc.workflow.testRuns.queryOptions({ id: workflowId, number }));
  const publish = useMutation({
    mutationFn: add,
    onSuccess: (made) => {
      if (!made) return;
      notifyDone(`Version ${made.number} was published.`);
      router.push(address);
    },
    onError: notifyError,
  });
  if (!version.data?.draft || !tests.data) return null;
  const { items } = tests.data;
  const content = { recording: JSON.stringify(version.data.recording), basedOn: baseOf(version.data) };
  const left = items.filter(({ state }) => state !== "succeeded").length;
  return (
    <Alert variant="default" icon={<IconFlask size={18} aria-hidden />} title={`Version ${number} is a draft`}>
      <Text size="sm">{wordsOf(items)} Nobody gets it until it is published.</Text>
      <Group gap="xs" mt="sm">
        {left === 0 ? (
          <Button size="xs" loading={publish.isPending} onClick={() => publish.mutate(content)}>
            Publish
          </Button>
        ) : (
          <ConfirmButton
            size="xs"
            title="Publish it all the same?"
            confirmLabel="Publish"
            message={`${wordsOf(items)} What is deployed from now on would be this version.`}
            // a dialog of its own asks when somebody has published another meanwhile
            onConfirm={async () => publish.mutate(content)}
          >
            Publish anyway
          </ConfirmButton>
        )}
        <Button size="xs" variant="default" component={Link} href={`${address}/edit?version=${number}`}>
          Edit the draft
        </Button>
      </Group>
      {question}
    </Alert>
  );
}

function wordsOf(items: readonly TestRunView[]): string {
  const count = (words: string, some: readonly TestRunView[]) =>
    some.length === 0 ? [] : [`${some.length} ${some.length === 1 ? "test" : "tests"} ${words}`];
  const passed = items.filter(({ state }) => state === "succeeded");
  const never = items.filter(({ state }) => state === null);
  const failed = items.filter(({ state }) => state === "failed" || state === "cancelled" || state === "expired");
  const running = items.filter((item) => ![...passed, ...never, ...failed].includes(item));
  const parts = [
    ...count("passed", passed),
    ...count("failed", failed),
    ...count(running.length === 1 ? "is running" : "are running", running),
    ...count(never.length === 1 ? "was not run yet" : "were not run yet", never),
  ];
  return `${parts.join(", ") || "It has no tests"}.`;
}

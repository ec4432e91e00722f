"use client";

import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Button, Group, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { policyHindrance } from "@/components/policy-words";
import { RefusalTable } from "@/components/refusal-table";
import { useTRPC } from "@/trpc/client";

const megabyte = 1024 * 1024;

/** What the runner's own policy says of itself, what it refused, and what the project asks it to refuse besides. */
export function PolicyPanel({ runner, mayManage }: { runner: RunnerView; mayManage: boolean }) {
  const trpc = useTRPC();
  const refusals = useQuery(trpc.runner.refusals.queryOptions({ id: runner.id }));
  const items = refusals.data?.items ?? [];
  return (
    <>
      <Panel
        title="Policy"
        description="What this runner may open is decided on its computer only, with “deskhand policy allow HOST”. Here it can be tightened, never widened."
      >
        <Stack gap="md">
          <Text size="sm">{policyWords(runner)}</Text>
          {mayManage ? <TightenForm key={runner.id} runner={runner} /> : <Tightened runner={runner} />}
        </Stack>
      </Panel>
      {items.length > 0 && (
        <Panel title="Refused by the policy" description="The hosts and the rules; nothing of the pages." flush>
          <RefusalTable label="Refused by the policy" refusals={items} />
        </Panel>
      )}
    </>
  );
}

function policyWords({ policy, tightening }: RunnerView): string {
  if (tightening.paused) return "The project paused it: runs wait until somebody resumes it here.";
  if (!policy) return "This runner has not told of its policy yet.";
  return policyHindrance(policy) ?? "It works, and opens the hosts that its owner allowed.";
}

function Tightened({ runner }: { runner: RunnerView }) {
  const { deniedHosts, maxDownloadBytes } = runner.tightening;
  if (deniedHosts.length === 0 && maxDownloadBytes === null) return null;
  return (
    <Text size="sm" c="dimmed">
      The project also refuses{" "}
      {[...deniedHosts, maxDownloadBytes === null ? null : `downloads over ${maxDownloadBytes} bytes`].filter(Boolean).join(", ")}.
    </Text>
  );
}

function TightenForm({ runner }: { runner: RunnerView }) {
  const trpc = useTRPC();
  const { deniedHosts, maxDownloadBytes, paused } = runner.tightening;
  const pause = useMutation(
    trpc.runner.tighten.mutationOptions({
      onSuccess: ({ name, tightening }) => notifyDone(`${name} was ${tightening.paused ? "paused" : "resumed"}.`),
      onError: notifyError,
    }),
  );
  const form = useForm({
    initialValues: { hosts: deniedHosts.join("\n"), megabytes: maxDownloadBytes === null ? "" : maxDownloadBytes / megabyte },
  });
  const tighten = useMutation(
    trpc.runner.tighten.mutationOptions({
      onSuccess: ({ tightening }) => {
        form.setFieldValue("hosts", tightening.deniedHosts.join("\n"));
        form.resetDirty();
        notifyDone(`${runner.name} was told.`);
      },
    }),
  );
  const save = form.onSubmit(({ hosts, megabytes }) =>
    tighten.mutate({
      id: runner.id,
      deniedHosts: hosts.split(/[\s,]+/).filter(Boolean),
      maxDownloadBytes: megabytes === "" ? null : Math.round(Number(megabytes) * megabyte),
    }),
  );
  return (
    <form onSubmit={save}>
      <Stack gap="sm" maw={560}>
        <Textarea
          label="Hosts that the project refuses as well"
          description="One in a line: example.com, *.example.com or 10.0.0.0/8."
          autosize
          minRows={2}
          maxRows={8}
          {...form.getInputProps("hosts")}
        />
        <NumberInput
          label="Largest download, in MB"
          description="Empty leaves it to the runner; the smaller of both holds."
          min={0}
          max={1_000_000}
          {...form.getInputProps("megabytes")}
        />
        {tighten.isError && <ErrorState error={tighten.error} />}
        <Group>
          <Button
            variant="default"
            loading={pause.isPending}
            onClick={() => pause.mutate({ id: runner.id, deniedHosts, maxDownloadBytes, paused: !paused })}
          >
            {paused ? "Resume" : "Pause"}
          </Button>
          <Button type="submit" variant="default" loading={tighten.isPending} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

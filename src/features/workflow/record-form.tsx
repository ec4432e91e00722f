"use client";

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlayerRecord } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** Begins a workflow with the address that it opens, and leads to where the rest is recorded. */
export function RecordForm() {
  const trpc = useTRPC();
  const project = useProject();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [wrong, setWrong] = useState(false);
  const create = useMutation(
    trpc.workflow.create.mutationOptions({
      onSuccess: async (workflow) => {
        await queryClient.invalidateQueries(trpc.workflow.list.pathFilter());
        router.push(`/dashboard/workflows/${workflow.id}?record=1`);
      },
    }),
  );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const whole = /^https?:\/\//i.test(address.trim()) ? address.trim() : `https://${address.trim()}`;
    setWrong(!URL.canParse(whole));
    if (!URL.canParse(whole)) return;
    const recording = { title: name.trim(), steps: [{ type: "navigate", url: new URL(whole).href }] };
    create.mutate({ projectId: project.id, name: name.trim(), recording: JSON.stringify(recording) });
  };

  return (
    <Panel title="Record in the browser">
      <form onSubmit={submit}>
        <Stack gap="sm" p="md">
          <Text size="sm" c="dimmed">
            A profile on one of your runners opens the page, and what you do in it becomes steps as you do it.
          </Text>
          {create.error && <ErrorState error={create.error} />}
          <Group gap="sm" align="flex-start">
            <TextInput
              label="Name"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              maxLength={80}
              required
              flex="1 1 14rem"
            />
            <TextInput
              label="Start address"
              type="text"
              inputMode="url"
              placeholder="https://example.com"
              value={address}
              onChange={(event) => setAddress(event.currentTarget.value)}
              error={wrong && "This is not an address."}
              maxLength={8000}
              required
              flex="2 1 18rem"
            />
          </Group>
          <div>
            <Button
              type="submit"
              leftSection={<IconPlayerRecord size={16} aria-hidden />}
              loading={create.isPending || create.isSuccess}
              disabled={name.trim() === "" || address.trim() === ""}
            >
              Record
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  );
}

"use client";

import type { AlertSettingsView } from "@deskhand/shared/schemas/alert";
import { Button, Code, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/panel";
import { StatusDot } from "@/components/status-badge";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** When a runner counts as silent, and whether e-mail can be sent at all. */
export function AlertSettings({ settings, mayManage }: { settings: AlertSettingsView; mayManage: boolean }) {
  return (
    <Panel title="Settings">
      <Stack gap="lg">
        {mayManage ? (
          <SilenceForm settings={settings} />
        ) : (
          <Text size="sm">A runner counts as silent after {settings.silentAfterMinutes} minutes.</Text>
        )}
        <div>
          <Group gap={8}>
            <StatusDot tone={settings.emailReady ? "good" : "wait"} />
            <Text size="sm" fw={500}>
              {settings.emailReady ? "E-mail is set up" : "E-mail is not set up on this server"}
            </Text>
          </Group>
          {!settings.emailReady && (
            <Text size="sm" c="dimmed" mt={4}>
              Whoever runs the server sets <Code>SMTP_URL</Code> and <Code>MAIL_FROM</Code> and starts it again; <Code>.env.example</Code>{" "}
              shows how. Webhooks work without.
            </Text>
          )}
        </div>
      </Stack>
    </Panel>
  );
}

function SilenceForm({ settings }: { settings: AlertSettingsView }) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const form = useForm({ initialValues: { minutes: settings.silentAfterMinutes as number | string } });
  const change = useMutation(
    trpc.alert.changeSettings.mutationOptions({
      onSuccess: () => {
        form.resetDirty();
        notifyDone("The setting was changed.");
      },
    }),
  );
  return (
    <form onSubmit={form.onSubmit(({ minutes }) => change.mutate({ projectId, silentAfterMinutes: Number(minutes) }))}>
      {change.isError && <ErrorState error={change.error} mb="md" />}
      <Group align="flex-end" gap="sm">
        <NumberInput
          label="A runner counts as silent after"
          description="Minutes without a word, 2 to 1440. One that is stopped, paused or in its quiet hours is not missed."
          suffix=" min"
          min={2}
          max={1440}
          allowDecimal={false}
          required
          withAsterisk={false}
          maw={420}
          {...form.getInputProps("minutes")}
        />
        <Button type="submit" variant="default" loading={change.isPending} disabled={!form.isDirty()}>
          Save
        </Button>
      </Group>
    </form>
  );
}

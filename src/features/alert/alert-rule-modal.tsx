"use client";

import {
  type AlertEvent,
  type AlertRuleView,
  type AlertSettingsView,
  alertEvent,
  createAlertRuleInput,
} from "@deskhand/shared/schemas/alert";
import { eventWords } from "@deskhand/shared/schemas/alert-words";
import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import { Alert, Button, Checkbox, Group, Modal, MultiSelect, Stack, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { IconInfoCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

type Props = {
  /** The rule to change. */
  rule: AlertRuleView | "new";
  webhooks: WebhookView[];
  settings: AlertSettingsView;
  onClose: () => void;
};

/** Makes a rule or changes one; closed while there is none. It keeps its place when it closes, which brings the keyboard back. */
export function AlertRuleModal({ rule, ...form }: Omit<Props, "rule"> & { rule: Props["rule"] | null }) {
  const title = rule === "new" || !rule ? "Add rule" : `Edit ${rule.name}`;
  return (
    <Modal opened={rule !== null} onClose={form.onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      {rule && <RuleForm rule={rule} {...form} />}
    </Modal>
  );
}

function RuleForm({ rule: given, webhooks, settings, onClose }: Props) {
  const rule = given === "new" ? undefined : given;
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const form = useForm({
    initialValues: {
      name: rule?.name ?? "",
      events:
        rule?.events ?? (["deployment.failed", "schedule.missed", "schedule.refused", "runner.silent", "runner.back"] as AlertEvent[]),
      memberIds: rule?.members.map(({ id }) => id) ?? [],
      webhookIds: rule?.webhooks.map(({ id }) => id) ?? [],
    },
    validate: schemaResolver(createAlertRuleInput),
  });
  const onSuccess = () => {
    notifyDone(rule ? "The rule was changed." : "The rule was added.");
    onClose();
  };
  const create = useMutation(trpc.alert.createRule.mutationOptions({ onSuccess }));
  const change = useMutation(trpc.alert.changeRule.mutationOptions({ onSuccess }));
  const saving = rule ? change : create;
  const save = form.onSubmit((values) => (rule ? change.mutate({ id: rule.id, ...values }) : create.mutate({ projectId, ...values })));
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        {saving.isError && <ErrorState error={saving.error} />}
        <TextInput label="Name" placeholder="On call" maxLength={80} data-autofocus {...form.getInputProps("name")} />
        <Checkbox.Group label="Events" {...form.getInputProps("events")}>
          <Stack gap="sm" mt="xs">
            {alertEvent.options.map((event) => (
              <Checkbox key={event} value={event} label={eventWords[event].label} description={eventWords[event].description} />
            ))}
          </Stack>
        </Checkbox.Group>
        <MultiSelect
          label="E-mail to"
          description="Members of this project."
          placeholder={form.values.memberIds.length > 0 ? undefined : "Nobody"}
          data={settings.members.map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` }))}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "Clear the people" }}
          {...form.getInputProps("memberIds")}
        />
        {!settings.emailReady && form.values.memberIds.length > 0 && (
          <Alert variant="default" icon={<IconInfoCircle size={18} aria-hidden />} title="E-mail is not set up on this server">
            Nothing arrives until whoever runs it sets SMTP_URL and MAIL_FROM.
          </Alert>
        )}
        <MultiSelect
          label="Webhooks"
          placeholder={form.values.webhookIds.length > 0 ? undefined : webhooks.length === 0 ? "Add a webhook first" : "None"}
          disabled={webhooks.length === 0}
          data={webhooks.map(({ id, name }) => ({ value: id, label: name }))}
          clearable
          clearButtonProps={{ "aria-label": "Clear the webhooks" }}
          {...form.getInputProps("webhookIds")}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {rule ? "Save" : "Add rule"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

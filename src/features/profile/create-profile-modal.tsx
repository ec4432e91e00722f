"use client";

import type { IdentityOs } from "@deskhand/shared/schemas/identity";
import { deviceWish } from "@deskhand/shared/schemas/profile";
import { createProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import { namesOf } from "@deskhand/shared/schemas/profile-names";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Button, Group, Input, Modal, NumberInput, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type * as z from "zod";
import { countWords } from "@/components/count-words";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { SignerNotice } from "@/features/deployment/signer-notice";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { useSignerState } from "@/trpc/signing";
import { osOptions } from "./identity-words.ts";
import { LocaleFields } from "./locale-fields.tsx";
import { ownDevice } from "./own-device.ts";
import { useMakeProfiles } from "./use-make-profiles.ts";
import { draftOf, settingOf, WayFields } from "./way-fields.tsx";

type Props = {
  opened: boolean;
  onClose: () => void;
  runners: RunnerView[];
  preferredRunnerId: string | null;
  preferredGroupId: string | null;
};

/** Asks for a name and the runner that the profiles will live on, and how many there are to be. */
export function CreateProfileModal(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Create profile" size="md" closeButtonProps={{ "aria-label": "Close" }}>
      <CreateProfileForm {...props} />
    </Modal>
  );
}

function CreateProfileForm({ onClose, runners, preferredRunnerId, preferredGroupId }: Props) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { id: projectId } = useProject();
  const summary = useQuery(trpc.profileGroup.list.queryOptions({ projectId }));
  const form = useForm({
    initialValues: {
      pattern: "",
      runnerId: preferredRunnerId ?? runners[0]?.id ?? "",
      count: 1,
      start: 1,
      groupId: preferredGroupId,
      tags: [] as string[],
    },
    validate: (values) => schemaResolver(createProfilesInput)({ ...values, groupId: values.groupId ?? undefined }),
  });
  const make = useMakeProfiles();
  const create = useMutation({
    mutationFn: (wanted: z.input<typeof createProfilesInput>) =>
      make(wanted.runnerId, async () => (await client.profiles.create.mutate(wanted)).items),
    onSuccess: (items) => {
      notifyDone(items.length === 1 ? `${items[0]?.name} was created.` : `${countWords(items.length, "profile")} were created.`);
      onClose();
    },
  });
  const [draft, setDraft] = useState(() => draftOf({ kind: "none" }));
  const way = settingOf(draft);
  const [os, setOs] = useState<IdentityOs | null>(null);
  const [locale, setLocale] = useState<{ languages: string[]; timeZone: string | null }>({ languages: [], timeZone: null });
  const usual = ownDevice();
  const device = deviceWish.safeParse({
    ...(os && { os }),
    languages: locale.languages.length > 0 ? locale.languages : usual.languages,
    timeZone: locale.timeZone ?? usual.timeZone,
  });
  const runner = runners.find(({ id }) => id === form.values.runnerId);
  const signer = useSignerState(runner);
  const { pattern, count, start } = form.values;
  const isMany = Number(count) > 1;
  const names = isMany && pattern.trim() !== "" ? namesOf(pattern.trim(), Math.min(1000, Number(count)), Number(start) || 0) : [];
  return (
    <form
      onSubmit={form.onSubmit(({ groupId, ...values }) =>
        create.mutate({
          projectId,
          ...values,
          ...(device.data && { device: device.data }),
          ...(groupId ? { groupId } : {}),
          ...(way && { proxy: way }),
        }),
      )}
      noValidate
    >
      <Stack gap="md">
        {create.isError && <ErrorState error={create.error} />}
        <TextInput
          label="Name"
          placeholder={isMany ? "Shop {n:03}" : "Shop account 1"}
          description={isMany ? "{n} stands for the number, {n:03} for one with three digits." : undefined}
          maxLength={80}
          data-autofocus
          {...form.getInputProps("pattern")}
        />
        <Group gap="sm" grow align="flex-start">
          <NumberInput label="How many" min={1} max={1000} allowDecimal={false} clampBehavior="blur" {...form.getInputProps("count")} />
          {isMany && <NumberInput label="First number" min={0} max={1_000_000} allowDecimal={false} {...form.getInputProps("start")} />}
        </Group>
        {names.length > 1 && (
          <Text size="xs" c="dimmed" mt={-8}>
            {names[0]}, {names[1]} … {names.at(-1)}
          </Text>
        )}
        <Select
          label="Runner"
          description="The profile lives there."
          data={runners.map(({ id, name, online }) => ({ value: id, label: online ? name : `${name} (offline)` }))}
          allowDeselect={false}
          {...form.getInputProps("runnerId")}
        />
        {(summary.data?.groups.length ?? 0) > 0 && (
          <Select
            label="Group"
            placeholder="No group"
            clearable
            searchable
            data={summary.data?.groups.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            {...form.getInputProps("groupId")}
          />
        )}
        <TagsInput
          label="Tags"
          placeholder="Type or choose"
          data={summary.data?.tags.map(({ tag }) => tag) ?? []}
          splitChars={[","]}
          maxTags={20}
          {...form.getInputProps("tags")}
        />
        <Select
          label="System"
          description={isMany ? "What sites see of the devices: each profile has one of its own." : "What sites see of its device."}
          placeholder="As the runner's computer"
          data={osOptions}
          value={os}
          onChange={(chosen) => setOs(chosen as IdentityOs | null)}
          clearable
        />
        <LocaleFields
          {...locale}
          usual={usual}
          onChange={(change) => setLocale((before) => ({ ...before, ...change }))}
          errorAt={(path) => device.error?.issues.find((issue) => issue.path[0] === path)?.message}
        />
        <Input.Wrapper label="Network" labelElement="div">
          <Stack gap="xs" mt={4} align="flex-start">
            <WayFields draft={draft} setDraft={setDraft} />
          </Stack>
        </Input.Wrapper>
        {runner?.signaturesRequired && <SignerNotice runner={runner} signer={signer} />}
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={create.isPending}
            disabled={!way || !device.success || (runner?.signaturesRequired && signer.state !== "approved")}
          >
            {isMany ? `Create ${countWords(Number(count), "profile")}` : "Create profile"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

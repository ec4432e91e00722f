"use client";

import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Anchor, Button, Group, MultiSelect, Skeleton, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { wordsFor } from "@/components/error-words";
import { ownDevice } from "@/features/profile/own-device";
import { useMakeProfiles } from "@/features/profile/use-make-profiles";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { GroupSelect } from "./group-select.tsx";

type Props = {
  runner: RunnerView;
  /** The first page of the runner's profiles. */
  profiles: {
    data: { items: ProfileView[]; nextCursor: string | null } | undefined;
    error: unknown;
    isError: boolean;
    refetch: () => unknown;
  };
  value: string[];
  onChange: (ids: string[]) => void;
  error: string | null;
};

/** Which profiles do it, each in a run of its own; makes one on the spot. */
export function ProfileSelect({ runner, profiles, value, onChange, error }: Props) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const [creating, create] = useDisclosure(false);
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 200);
  const [names, setNames] = useState<Record<string, string>>({});
  const found = useQuery(
    trpc.profile.list.queryOptions(
      { projectId, runnerId: runner.id, limit: 100, search },
      { enabled: search !== "" && profiles.data?.nextCursor !== null, placeholderData: (before) => before },
    ),
  );

  if (profiles.isError && !profiles.data) return <ErrorState error={profiles.error} onRetry={() => void profiles.refetch()} />;
  if (!profiles.data) return <Skeleton height={60} />;
  const known: Record<string, string> = { ...names };
  for (const profile of [...profiles.data.items, ...(found.data?.items ?? [])]) known[profile.id] = profile.name;
  const none = Object.keys(known).length === 0;

  const add = (profile: ProfileView) => {
    setNames((before) => ({ ...before, [profile.id]: profile.name }));
    onChange([...value, profile.id]);
    create.close();
  };

  return (
    <div>
      {!none && <GroupSelect runner={runner} onChosen={onChange} />}
      {value.length > MANY ? (
        <ManyChosen count={value.length} onClear={() => onChange([])} />
      ) : (
        !none && (
          <MultiSelect
            label="Profiles"
            description={value.length > 1 ? "Each profile is a run of its own." : undefined}
            data={Object.entries(known).map(([id, name]) => ({ value: id, label: name }))}
            value={value}
            onChange={(ids) => {
              setNames(known);
              onChange(ids);
            }}
            error={error}
            searchable
            searchValue={typed}
            onSearchChange={setTyped}
            placeholder={value.length === 0 ? "Choose profiles" : undefined}
            nothingFoundMessage="No profile of that name on this runner"
            maxDropdownHeight={260}
            hidePickedOptions
            clearable={value.length > 1}
          />
        )
      )}
      {none || creating ? (
        <CreateProfile runner={runner} first={none} error={error} onCreated={add} onCancel={none ? undefined : create.close} />
      ) : (
        <Group justify="space-between" mt={6}>
          <Anchor component="button" type="button" size="sm" onClick={create.open}>
            New profile
          </Anchor>
          {profiles.data.items.length > 1 && value.length < profiles.data.items.length && (
            <Anchor component="button" type="button" size="sm" onClick={() => onChange(Object.keys(known))}>
              Select all {Object.keys(known).length}
            </Anchor>
          )}
        </Group>
      )}
    </div>
  );
}

/** More than so many are told as a number. */
const MANY = 20;

function ManyChosen({ count, onClear }: { count: number; onClear: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm">
        <b>{count.toLocaleString("en")} profiles</b> are chosen: each is a run of its own.
      </Text>
      <Anchor component="button" type="button" size="sm" onClick={onClear} flex="none">
        Choose others
      </Anchor>
    </Group>
  );
}

type CreateProps = {
  runner: RunnerView;
  first: boolean;
  error: string | null;
  onCreated: (profile: ProfileView) => void;
  onCancel: (() => void) | undefined;
};

function CreateProfile({ runner, first, error, onCreated, onCancel }: CreateProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { id: projectId } = useProject();
  const queryClient = useQueryClient();
  const [name, setName] = useState(first ? "Default" : "");
  const make = useMakeProfiles();
  const create = useMutation({
    mutationFn: () => {
      const wanted = { projectId, runnerId: runner.id, name: name.trim(), device: ownDevice() };
      return make(runner.id, async () => [await client.profile.create.mutate(wanted)]);
    },
    onSuccess: async ([profile]) => {
      await queryClient.invalidateQueries(trpc.profile.list.pathFilter());
      if (profile) onCreated(profile);
    },
  });
  const submit = () => name.trim() !== "" && create.mutate();
  const words = create.error ? wordsFor(create.error) : null;
  return (
    <div>
      <Group align="flex-start" gap="xs" mt={first ? 0 : "sm"} wrap="nowrap">
        <TextInput
          label={first ? "Profile" : "New profile"}
          description={first ? `${runner.name} has no profile yet. A profile keeps its own cookies and sign-ins.` : undefined}
          aria-label="Name of the new profile"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          // the fields stand inside the deploy form, which this must not send
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            submit();
          }}
          error={words ? `${words.title} ${words.whatToDo}` : error && first ? "Create a profile first." : null}
          maxLength={80}
          flex={1}
          data-autofocus={first || undefined}
        />
      </Group>
      <Group gap="xs" mt="xs">
        <Button size="xs" variant={first ? "filled" : "default"} onClick={submit} loading={create.isPending} disabled={name.trim() === ""}>
          Create profile
        </Button>
        {onCancel && (
          <Button size="xs" variant="subtle" color="gray" onClick={onCancel}>
            Cancel
          </Button>
        )}
        {first && (
          <Text size="xs" c="dimmed">
            Then deploy.
          </Text>
        )}
      </Group>
    </div>
  );
}

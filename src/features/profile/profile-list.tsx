"use client";

import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { deleteProfileManifest } from "@deskhand/shared/signing/make-manifest";
import { ActionIcon, Button, Group, Menu, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlus, IconSearch, IconTrash, IconUserSquareRounded } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRef, useState } from "react";
import { CardTable } from "@/components/card-table";
import { ConfirmModal } from "@/components/confirm-button";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { InlineName } from "@/components/inline-name";
import { notifyDone } from "@/components/notify";
import { PageHeader } from "@/components/page-header";
import { StatusDot } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { useSigner } from "@/trpc/signing";
import { CreateProfileModal } from "./create-profile-modal.tsx";
import classes from "./profile-list.module.css";
import { ProfileState } from "./profile-state.tsx";

const columns = ["Profile", "Runner", "State", "Created", ""];

/** The project's profiles, found by name and runner; `runnerId` is the runner that the address asks for. */
export function ProfileList({ runnerId: askedRunner }: { runnerId: string | null }) {
  const trpc = useTRPC();
  const { id: projectId, role } = useProject();
  const [search, setSearch] = useState("");
  const [runnerId, setRunnerId] = useState(askedRunner);
  const [debounced] = useDebouncedValue(search.trim(), 200);
  const [creating, { open, close }] = useDisclosure(false);
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  const list = useInfiniteQuery(
    trpc.profile.list.infiniteQueryOptions(
      { projectId, limit: 50, ...(debounced ? { search: debounced } : {}), ...(runnerId ? { runnerId } : {}) },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
    ),
  );
  const profiles = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = debounced !== "" || runnerId !== null;
  const accepted = (runners.data?.items ?? []).filter(({ status }) => status === "accepted");
  const none = list.isSuccess && profiles.length === 0;
  const noRunner = runners.isSuccess && accepted.length === 0;
  const mayAddRunners = role !== "member";
  const createButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open} disabled={accepted.length === 0}>
      Create profile
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Profiles"
        description="Separate browser identities: each with its own cookies, storage and sign-ins, kept on its runner."
        actions={createButton}
      />
      {!(none && !filtered) && (
        <Group mb="md" gap="sm" className={classes.filters}>
          <TextInput
            aria-label="Search profiles"
            placeholder="Search by name"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            className={classes.search}
            type="search"
          />
          <Select
            aria-label="Runner"
            placeholder="All runners"
            data={accepted.map(({ id, name }) => ({ value: id, label: name }))}
            value={runnerId}
            onChange={setRunnerId}
            clearable
            className={classes.runner}
          />
        </Group>
      )}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : none && filtered ? (
        <EmptyState
          icon={<IconSearch size={26} stroke={1.5} aria-hidden />}
          title="No profile matches"
          description="Try another name, or look at all runners."
          action={
            <Button
              variant="default"
              onClick={() => {
                setSearch("");
                setRunnerId(null);
              }}
            >
              Clear the filters
            </Button>
          }
        />
      ) : none ? (
        <EmptyState
          icon={<IconUserSquareRounded size={26} stroke={1.5} aria-hidden />}
          title="No profile yet"
          description={
            !noRunner
              ? "Create one for each identity that your workflows should use."
              : mayAddRunners
                ? "Profiles live on a runner, so add a runner first."
                : "Profiles live on a runner, and the project has none yet. An owner or admin of the project adds one."
          }
          action={
            !noRunner
              ? createButton
              : mayAddRunners && (
                  <Button component={Link} href="/dashboard/runners?add">
                    Add a runner
                  </Button>
                )
          }
        />
      ) : (
        <CardTable label="Profiles" columns={columns} loading={list.isPending}>
          {profiles.map((profile) => (
            <ProfileRow key={profile.id} profile={profile} />
          ))}
        </CardTable>
      )}
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            Show more
          </Button>
        </Group>
      )}
      <CreateProfileModal opened={creating} onClose={close} runners={accepted} preferredRunnerId={runnerId} />
    </>
  );
}

function ProfileRow({ profile }: { profile: ProfileView }) {
  const trpc = useTRPC();
  const rename = useMutation(trpc.profile.rename.mutationOptions());
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  const remove = useMutation({
    mutationFn: async ({ id }: { id: string }) => {
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: profile.runnerId }));
      return client.profile.delete.mutate({ id, signedManifest: await sign(runner, () => deleteProfileManifest(runner.id, id)) });
    },
    onSuccess: () => notifyDone(`${profile.name} was deleted.`),
  });
  const [deleting, { open, close }] = useDisclosure(false);
  const target = useRef<HTMLButtonElement>(null);
  const ask = () => {
    // the dialog gives the focus back to where it came from, and the item is gone by then
    target.current?.focus();
    open();
  };
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <InlineName value={profile.name} label="Rename profile" onSave={(name) => rename.mutateAsync({ id: profile.id, name })}>
          <Text fw={500} size="sm" component="span">
            {profile.name}
          </Text>
        </InlineName>
      </CardTable.Cell>
      <CardTable.Cell label="Runner">
        <span className={classes.place}>
          <StatusDot tone={profile.runnerOnline ? "good" : "idle"} />
          {profile.runnerName}
          {!profile.runnerOnline && (
            <Text size="xs" c="dimmed" component="span">
              offline
            </Text>
          )}
        </span>
      </CardTable.Cell>
      <CardTable.Cell label="State">
        <ProfileState profile={profile} />
      </CardTable.Cell>
      <CardTable.Cell label="Created">
        <TimeAgo at={profile.createdAt} />
      </CardTable.Cell>
      <CardTable.Cell align="right">
        <Menu position="bottom-end" width={180}>
          <Menu.Target>
            <ActionIcon ref={target} aria-label={`Actions for ${profile.name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {profile.lastRunId && (
              <Menu.Item component={Link} href={`/dashboard/runs/${profile.lastRunId}`}>
                Open the last run
              </Menu.Item>
            )}
            <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={15} aria-hidden />} onClick={ask}>
              Delete profile
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <ConfirmModal
          opened={deleting}
          onClose={close}
          title={`Delete ${profile.name}?`}
          confirmLabel="Delete profile"
          onConfirm={() => remove.mutateAsync({ id: profile.id })}
          message={`Its cookies, storage and sign-ins are removed from ${profile.runnerName}${profile.runnerOnline ? "" : " as soon as it is online"}, for good. What its runs left is kept.`}
        />
      </CardTable.Cell>
    </CardTable.Row>
  );
}

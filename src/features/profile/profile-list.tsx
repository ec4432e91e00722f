"use client";

import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure, useLocalStorage } from "@mantine/hooks";
import { IconFileImport, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useCallback, useState } from "react";
import { countWords } from "@/components/count-words";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { BulkBar } from "./bulk-bar.tsx";
import { BulkOutcome, type Outcome } from "./bulk-outcome.tsx";
import { type ColumnName, usualColumns } from "./columns.tsx";
import { CreateProfileModal } from "./create-profile-modal.tsx";
import { DeployChosen } from "./deploy-chosen.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { GroupChips } from "./group-chips.tsx";
import { ImportProfilesModal } from "./import-profiles-modal.tsx";
import { MovesPanel } from "./moves-panel.tsx";
import { NoProfiles } from "./no-profiles.tsx";
import { OrderProgress } from "./order-progress.tsx";
import { ProfileMenu } from "./profile-menu.tsx";
import { ProfileTable } from "./profile-table.tsx";
import { isFiltered, type ProfileListView, tidy, usualDirection } from "./profile-view.ts";
import { everything, nothing, type Selection, selectedCount } from "./selection.ts";
import { useOrderMany } from "./use-order-many.ts";
import { useProfileRows } from "./use-profile-rows.ts";
import { useTableKeys } from "./use-table-keys.ts";
import { useViewOfAddress } from "./use-view-of-address.ts";

const menuOf = (profile: ProfileView) => <ProfileMenu profile={profile} />;

/** The project's profiles, however many: found, sorted, chosen and handled together. */
export function ProfileList() {
  const trpc = useTRPC();
  const router = useRouter();
  const { id: projectId } = useProject();
  const forget = () => {
    setSelection(nothing);
    keys.forget();
  };
  const [view, setView] = useViewOfAddress(forget);
  const [selection, setSelection] = useState<Selection>(nothing);
  const [shown, setShown] = useState({ first: 0, last: 0 });
  const [creating, create] = useDisclosure(false);
  const [importing, importFiles] = useDisclosure(false);
  const [deploying, deploy] = useDisclosure(false);
  const [shownColumns, setColumns] = useLocalStorage<ColumnName[]>({ key: "profile-columns", defaultValue: usualColumns });
  const [search] = useDebouncedValue(view.filter.search, 150);
  const asked = { ...view, filter: tidy({ ...view.filter, search }) };
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  const summary = useQuery(trpc.profileGroup.list.queryOptions({ projectId }));
  const rows = useProfileRows(asked, shown);
  const orders = useOrderMany();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const onView = (next: ProfileListView) => {
    setView({ ...next, filter: tidy(next.filter) });
    forget();
  };
  const onShown = useCallback(
    (next: { first: number; last: number }) =>
      setShown((before) => (before.first === next.first && before.last === next.last ? before : next)),
    [],
  );
  const keys = useTableKeys({
    rows,
    setSelection,
    onOpen: (index) => {
      const profile = rows.row(index);
      if (profile && !profile.purgeAt) router.push(`/dashboard/profiles/${profile.id}`);
    },
  });
  const accepted = (runners.data?.items ?? []).filter(({ status }) => status === "accepted");
  const tags = summary.data?.tags.map(({ tag }) => tag) ?? [];
  const chosen = { selection, filter: asked.filter, deleted: asked.deleted };
  const count = selectedCount(selection, rows.count);
  const filtered = isFiltered(asked.filter);
  const groupId = view.filter.groupId && view.filter.groupId !== "none" ? view.filter.groupId : null;
  const createButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={create.open} disabled={accepted.length === 0}>
      Create profile
    </Button>
  );
  const isEmpty = !rows.isPending && rows.count === 0;

  return (
    <>
      <PageHeader
        title="Profiles"
        description="Separate browser identities: each with its own cookies, storage and sign-ins, kept on its runner."
        actions={
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<IconFileImport size={16} aria-hidden />}
              onClick={importFiles.open}
              disabled={accepted.length === 0}
            >
              Import
            </Button>
            {createButton}
          </Group>
        }
      />
      {summary.data && summary.data.total + summary.data.deleted > 0 && <GroupChips summary={summary.data} view={view} onView={onView} />}
      <MovesPanel />
      {!(isEmpty && !filtered) && (
        <FilterBar view={view} onView={onView} runners={accepted} tags={tags} shownColumns={shownColumns} onColumns={setColumns} />
      )}
      {orders.progress && <OrderProgress progress={orders.progress} onDismiss={orders.dismiss} />}
      {outcome && <BulkOutcome key={outcome.words} outcome={outcome} onDismiss={() => setOutcome(null)} />}
      {rows.error ? (
        <ErrorState error={rows.error} onRetry={rows.refetch} />
      ) : isEmpty ? (
        <NoProfiles
          filtered={filtered}
          deleted={view.deleted}
          noRunner={runners.isSuccess && accepted.length === 0}
          createButton={createButton}
          onClear={() => onView({ ...view, filter: {} })}
        />
      ) : rows.isPending ? (
        <Stack gap={1} aria-busy>
          {["a", "b", "c", "d", "e"].map((row) => (
            <Skeleton key={row} height={47} radius={0} />
          ))}
        </Stack>
      ) : (
        <>
          <ProfileTable
            rows={rows}
            shownColumns={shownColumns}
            view={asked}
            onSort={(sort) => {
              const other = view.direction === "asc" ? "desc" : "asc";
              onView({ ...view, sort, direction: view.sort === sort ? other : usualDirection(sort) });
            }}
            onShown={onShown}
            selection={selection}
            keys={keys}
            onSelectAll={() => setSelection(count === rows.count ? nothing : everything)}
            onFollow={router.push}
            menuOf={menuOf}
          />
          <Text size="xs" c="dimmed" mt={8}>
            {countWords(rows.count, "profile")}
            {filtered && " match"}
            <Text span inherit visibleFrom="sm">
              {" "}
              · arrows move, Space and Shift choose, Ctrl+A all, Esc none
            </Text>
          </Text>
        </>
      )}
      {count > 0 && (
        <BulkBar
          chosen={chosen}
          count={count}
          matching={rows.count}
          tags={tags}
          onAll={() => setSelection(everything)}
          onClear={() => setSelection(nothing)}
          onDeploy={deploy.open}
          onOutcome={setOutcome}
          onOrder={(order) => {
            void orders.run(order, chosen);
            setSelection(nothing);
          }}
        />
      )}
      <CreateProfileModal
        opened={creating}
        onClose={create.close}
        runners={accepted}
        preferredRunnerId={view.filter.runnerId ?? null}
        preferredGroupId={groupId}
      />
      <ImportProfilesModal
        opened={importing}
        onClose={importFiles.close}
        runners={accepted}
        preferredRunnerId={view.filter.runnerId ?? null}
      />
      <DeployChosen opened={deploying} onClose={deploy.close} chosen={chosen} />
    </>
  );
}

"use client";

import { type ProfileFilter, profileState, type SavedFilterView } from "@deskhand/shared/schemas/profile-filter";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { ActionIcon, Button, Checkbox, Menu, Popover, Select, TagsInput, TextInput, Tooltip } from "@mantine/core";
import { IconBookmark, IconColumns3, IconSearch, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { notifyDone, notifyError } from "@/components/notify";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { type ColumnName, columnNames, columns } from "./columns.tsx";
import { NetworkFilter } from "./network-filter.tsx";
import classes from "./profile-table.module.css";
import { isFiltered, type ProfileListView } from "./profile-view.ts";
import { SortBy } from "./sort-by.tsx";

type Props = {
  view: ProfileListView;
  onView: (view: ProfileListView) => void;
  runners: readonly RunnerView[];
  tags: readonly string[];
  shownColumns: readonly ColumnName[];
  onColumns: (columns: ColumnName[]) => void;
};

const stateWords = { new: "New", saved: "Saved", "in-use": "In use", hibernating: "Hibernating" } as const;
const states = profileState.options.map((value) => ({ value, label: stateWords[value] }));
const combobox = { width: "max-content", position: "bottom-start", middlewares: { shift: true, flip: true } } as const;

/** Narrows the list down while one types and chooses. */
export function FilterBar({ view, onView, runners, tags, shownColumns, onColumns }: Props) {
  const { filter } = view;
  const set = (change: Partial<ProfileFilter>) => onView({ ...view, filter: { ...filter, ...change } });
  const sought = filter.search ?? "";
  const [typed, setTyped] = useState(sought);
  const [before, setBefore] = useState(sought);
  // also when a saved filter or the way back changes it: at once, for an effect would come after what somebody types meanwhile
  if (sought !== before) {
    setBefore(sought);
    if (typed.trim() !== sought) setTyped(sought);
  }
  return (
    <search className={classes.filters} aria-label="Filters">
      <TextInput
        aria-label="Search profiles"
        placeholder="Search names, notes and tags"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          set({ search: event.currentTarget.value.trim() || undefined });
        }}
        maxLength={80}
        className={classes.search}
        type="search"
      />
      <TagsInput
        aria-label="Tags"
        placeholder={filter.tags?.length ? undefined : "Tags"}
        data={[...tags]}
        value={filter.tags ?? []}
        onChange={(chosen) => set({ tags: chosen })}
        splitChars={[","]}
        className={classes.tagFilter}
        comboboxProps={combobox}
      />
      {(filter.tags?.length ?? 0) > 1 && (
        <Select
          aria-label="How many of the tags"
          data={[
            { value: "all", label: "All of them" },
            { value: "any", label: "Any of them" },
          ]}
          value={filter.tagMode ?? "all"}
          onChange={(mode) => set({ tagMode: mode === "any" ? "any" : undefined })}
          allowDeselect={false}
        />
      )}
      <Select
        aria-label="State"
        placeholder="Any state"
        data={states}
        value={filter.state ?? null}
        onChange={(state) => set({ state: (state as ProfileFilter["state"]) ?? undefined })}
        clearable
        comboboxProps={combobox}
      />
      <Select
        aria-label="Runner"
        placeholder="All runners"
        data={runners.map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.runnerId ?? null}
        onChange={(runnerId) => set({ runnerId: runnerId ?? undefined })}
        clearable
        searchable={runners.length > 8}
        comboboxProps={combobox}
      />
      <Select
        aria-label="Engine"
        placeholder="Any engine"
        data={[
          { value: "shared", label: "Shared" },
          { value: "dedicated", label: "Dedicated" },
        ]}
        value={filter.engine ?? null}
        onChange={(engine) => set({ engine: (engine as ProfileFilter["engine"]) ?? undefined })}
        clearable
        comboboxProps={combobox}
      />
      <NetworkFilter through={filter.through} onThrough={(through) => set({ through })} comboboxProps={combobox} />
      <div className={classes.icons}>
        <Checkbox
          size="xs"
          label="With notices"
          checked={filter.flags === "some"}
          onChange={(event) => set({ flags: event.currentTarget.checked ? "some" : undefined })}
        />
        <SavedFilters view={view} onView={onView} />
        <Menu closeOnItemClick={false} position="bottom-end" width={190}>
          <Menu.Target>
            <Tooltip label="Columns">
              <ActionIcon variant="default" size={36} aria-label="Columns">
                <IconColumns3 size={17} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {columnNames.map((name) => (
              <Menu.CheckboxItem
                key={name}
                checked={shownColumns.includes(name)}
                onChange={(checked) => onColumns(columnNames.filter((other) => (other === name ? checked : shownColumns.includes(other))))}
              >
                {columns[name].label}
              </Menu.CheckboxItem>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
      <SortBy view={view} onView={onView} />
    </search>
  );
}

function SavedFilters({ view, onView }: Pick<Props, "view" | "onView">) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const saved = useQuery(trpc.savedFilter.list.queryOptions({ projectId }));
  const settled = { onError: notifyError, onSettled: () => queryClient.invalidateQueries(trpc.savedFilter.pathFilter()) };
  const save = useMutation(
    trpc.savedFilter.save.mutationOptions({
      ...settled,
      onSuccess: (kept) => {
        notifyDone(`The filter ${kept.name} was saved.`);
        setName("");
        setOpened(false);
      },
    }),
  );
  const forget = useMutation(trpc.savedFilter.delete.mutationOptions(settled));
  const { filter, sort, direction } = view;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) save.mutate({ projectId, name: name.trim(), filter, sort, direction });
  };
  const use = (kept: SavedFilterView) => {
    onView({ filter: kept.filter, sort: kept.sort, direction: kept.direction, deleted: false });
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={260} shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label="Saved filters">
          <ActionIcon variant="default" size={36} aria-label="Saved filters" onClick={() => setOpened(!opened)}>
            <IconBookmark size={17} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        {saved.data?.items.map((kept) => (
          <div key={kept.id} className={classes.saved}>
            <Button variant="subtle" color="gray" size="compact-sm" justify="start" fullWidth onClick={() => use(kept)}>
              {kept.name}
            </Button>
            <ActionIcon size="sm" aria-label={`Forget ${kept.name}`} onClick={() => forget.mutate({ projectId, name: kept.name })}>
              <IconX size={14} />
            </ActionIcon>
          </div>
        ))}
        <form onSubmit={submit} className={classes.saved}>
          <TextInput
            size="xs"
            flex={1}
            aria-label="Name of the filter"
            placeholder={isFiltered(filter) ? "Save this filter as" : "Choose a filter first"}
            disabled={!isFiltered(filter)}
            value={name}
            maxLength={80}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" loading={save.isPending} disabled={!isFiltered(filter) || name.trim() === ""}>
            Save
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

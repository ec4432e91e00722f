"use client";

import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { Button, Group, Modal, Select, Stack, TagsInput, Textarea } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import type { ManyChanges } from "./use-many.ts";
import { draftOf, settingOf, WayFields } from "./way-fields.tsx";

export type BulkEdit = "tags" | "group" | "notes" | "network";
type Props = {
  what: BulkEdit | null;
  onClose: () => void;
  count: string;
  /** Those that are known, to choose from. */
  tags: readonly string[];
  onSave: (changes: ManyChanges & { proxy?: ProxySetting }) => Promise<unknown>;
};

const titles: Record<BulkEdit, string> = { tags: "Tags of", group: "Group of", notes: "Notes of", network: "Network of" };

/** Changes one thing of many profiles. */
export function BulkEditModal(props: Props) {
  const { what, onClose, count } = props;
  return (
    <Modal opened={what !== null} onClose={onClose} title={what && `${titles[what]} ${count}`} closeButtonProps={{ "aria-label": "Close" }}>
      {what && <BulkEditForm {...props} what={what} />}
    </Modal>
  );
}

function BulkEditForm({ what, onClose, tags, onSave }: Props & { what: BulkEdit }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { id: projectId } = useProject();
  const summary = useQuery(trpc.profileGroup.list.queryOptions({ projectId }));
  const [addTags, setAddTags] = useState<string[]>([]);
  const [removeTags, setRemoveTags] = useState<string[]>([]);
  const [groupId, setGroupId] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const [notes, setNotes] = useState("");
  const [draft, setDraft] = useState(() => draftOf({ kind: "none" }));
  const way = settingOf(draft);
  const save = useMutation({
    mutationFn: async () => {
      if (what === "tags") return onSave({ addTags, removeTags });
      if (what === "network") return way && onSave({ proxy: way });
      if (what === "notes") return onSave({ notes });
      if (groupId !== NEW) return onSave({ groupId });
      const made = await client.profileGroup.create.mutate({ projectId, name: search.trim() });
      return onSave({ groupId: made.id });
    },
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const isIncomplete = (what === "tags" && addTags.length + removeTags.length === 0) || (what === "network" && !way);
  const groups = summary.data?.groups ?? [];
  const name = search.trim();
  const isNew = name !== "" && !groups.some((group) => group.name.toLowerCase() === name.toLowerCase());
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {save.isError && <ErrorState error={save.error} />}
        {what === "tags" && (
          <>
            <TagsInput
              label="Add"
              placeholder="Type or choose"
              data={[...tags]}
              value={addTags}
              onChange={setAddTags}
              maxTags={20}
              splitChars={[","]}
              data-autofocus
            />
            <TagsInput
              label="Remove"
              placeholder="Choose"
              data={[...tags]}
              value={removeTags}
              onChange={setRemoveTags}
              splitChars={[","]}
            />
          </>
        )}
        {what === "group" && (
          <Select
            label="Group"
            description="A profile is in one group or in none."
            placeholder="No group"
            searchable
            clearable
            searchValue={search}
            onSearchChange={setSearch}
            data={[
              ...groups.map(({ id, name: label }) => ({ value: id, label })),
              ...(isNew || groupId === NEW ? [{ value: NEW, label: name || "New group" }] : []),
            ]}
            renderOption={({ option }) => (option.value === NEW ? `Create “${option.label}”` : option.label)}
            value={groupId}
            onChange={setGroupId}
            data-autofocus
          />
        )}
        {what === "network" && (
          <Stack gap="xs" align="flex-start">
            <WayFields draft={draft} setDraft={setDraft} />
          </Stack>
        )}
        {what === "notes" && (
          <Textarea
            label="Notes"
            description="In place of those that are there."
            autosize
            minRows={3}
            maxLength={4000}
            value={notes}
            onChange={(event) => setNotes(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={isIncomplete}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Stands for a group that is yet to be made. */
const NEW = "new";

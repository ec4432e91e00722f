"use client";

import type { ProfileSummary } from "@deskhand/shared/schemas/profile-group";
import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmModal } from "@/components/confirm-button";
import { InlineName } from "@/components/inline-name";
import { useTRPC } from "@/trpc/client";
import classes from "./profile-table.module.css";
import type { ProfileListView } from "./profile-view.ts";

type Props = { summary: ProfileSummary; view: ProfileListView; onView: (view: ProfileListView) => void };

/** The groups of the project, one of which can be looked at; and what was deleted. */
export function GroupChips({ summary, view, onView }: Props) {
  const { groupId } = view.filter;
  const show = (next: string | undefined) => onView({ ...view, deleted: false, filter: { ...view.filter, groupId: next } });
  const chosen = summary.groups.find(({ id }) => id === groupId);
  return (
    <nav className={classes.groups} aria-label="Groups">
      <Chip label="All" number={summary.total} pressed={!groupId && !view.deleted} onClick={() => show(undefined)} />
      {summary.groups.map((group) => (
        <Chip
          key={group.id}
          label={group.name}
          number={group.profiles}
          pressed={groupId === group.id && !view.deleted}
          onClick={() => show(group.id)}
        />
      ))}
      {chosen && !view.deleted && <GroupMenu key={chosen.id} group={chosen} onGone={() => show(undefined)} />}
      {summary.groups.length > 0 && (
        <Chip label="No group" number={summary.ungrouped} pressed={groupId === "none" && !view.deleted} onClick={() => show("none")} />
      )}
      {(summary.deleted > 0 || view.deleted) && (
        <Chip
          label="Deleted"
          number={summary.deleted}
          pressed={view.deleted}
          onClick={() => onView({ ...view, filter: {}, deleted: true })}
        />
      )}
    </nav>
  );
}

function Chip({ label, number, pressed, onClick }: { label: string; number: number; pressed: boolean; onClick: () => void }) {
  return (
    <button type="button" className={classes.group} aria-pressed={pressed} onClick={onClick}>
      <span className={classes.label} title={label}>
        {label}
      </span>{" "}
      <span className={classes.number}>{number.toLocaleString("en")}</span>
    </button>
  );
}

function GroupMenu({ group, onGone }: { group: ProfileSummary["groups"][number]; onGone: () => void }) {
  const trpc = useTRPC();
  const rename = useMutation(trpc.profileGroup.rename.mutationOptions());
  const remove = useMutation(trpc.profileGroup.delete.mutationOptions({ onSuccess: onGone }));
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <Menu position="bottom" width={230} closeOnItemClick={false}>
        <Menu.Target>
          <ActionIcon aria-label={`Actions for the group ${group.name}`} size={28}>
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <InlineName value={group.name} label="Rename group" onSave={(name) => rename.mutateAsync({ id: group.id, name })} />
          </Menu.Label>
          <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setDeleting(true)}>
            End this group
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmModal
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={`End the group ${group.name}?`}
        confirmLabel="End group"
        onConfirm={() => remove.mutateAsync({ id: group.id })}
        message="Its profiles stay, in no group."
      />
    </>
  );
}

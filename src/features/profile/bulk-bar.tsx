"use client";

import type { BulkResult } from "@deskhand/shared/schemas/profile-bulk";
import type { ProfileEngine } from "@deskhand/shared/schemas/profile-settings";
import { ActionIcon, Button, Menu, Text } from "@mantine/core";
import {
  IconArrowsExchange,
  IconCopy,
  IconDots,
  IconDownload,
  IconFolder,
  IconNote,
  IconPlayerPlay,
  IconPlayerStop,
  IconRestore,
  IconRocket,
  IconTag,
  IconTrash,
  IconWorld,
  IconX,
} from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmModal } from "@/components/confirm-button";
import { countWords } from "@/components/count-words";
import { notifyDone, notifyError } from "@/components/notify";
import { type BulkEdit, BulkEditModal } from "./bulk-edit-modal.tsx";
import type { Outcome } from "./bulk-outcome.tsx";
import { CloneModal } from "./clone-modal.tsx";
import { EngineModal } from "./engine-modal.tsx";
import { ExportManyModal } from "./export-many-modal.tsx";
import { MoveModal } from "./move-modal.tsx";
import classes from "./profile-table.module.css";
import { type Chosen, useMany } from "./use-many.ts";
import type { ManyOrder } from "./use-order-many.ts";
import { useUndoDelete } from "./use-undo-delete.ts";

type Props = {
  chosen: Chosen;
  count: number;
  /** All rows that there are, chosen or not, loaded or not. */
  matching: number;
  tags: readonly string[];
  onAll: () => void;
  onClear: () => void;
  onDeploy: () => void;
  onOrder: (order: ManyOrder) => void;
  /** What was done, and to which it was not; null when it was done to all. */
  onOutcome: (outcome: Outcome | null) => void;
};

/** What can be done to the chosen profiles. */
export function BulkBar({ chosen, count, matching, tags, onAll, onClear, onDeploy, onOrder, onOutcome }: Props) {
  const many = useMany();
  const tellDeleted = useUndoDelete();
  const [editing, setEditing] = useState<BulkEdit | null>(null);
  const [asking, setAsking] = useState<"delete" | "purge" | null>(null);
  const [moving, setMoving] = useState(false);
  const [cloning, setCloning] = useState(false);
  const [exporting, setExporting] = useState(false);
  const [engine, setEngine] = useState<ProfileEngine | null>(null);
  const tellResult = ({ refused }: BulkResult, words: string) => {
    onOutcome(refused.length > 0 ? { words, refused } : null);
    if (refused.length === 0) notifyDone(`${words}.`);
  };
  const settled = { onError: notifyError, onSettled: () => many.refresh() };
  const act = useMutation({
    mutationFn: ({ work }: { work: () => Promise<BulkResult>; words: (done: string) => string }) => work(),
    onSuccess: (result, { words }) => {
      tellResult(result, words(countWords(result.done, "profile")));
      onClear();
    },
    ...settled,
  });
  const remove = async () => {
    const result = await many.remove(chosen);
    const undo: Chosen = { selection: { all: false, ids: new Set(result.ids) }, filter: {}, deleted: true };
    const words = `${countWords(result.done, "profile")} deleted`;
    if (result.done === 0) tellResult(result, words);
    else {
      onOutcome(result.refused.length > 0 ? { words, refused: result.refused } : null);
      tellDeleted(`${words}.`, result.ids, () => many.restore(undo).then(() => many.refresh(), notifyError));
    }
    onClear();
    await many.refresh();
  };
  const purge = async () => {
    const result = await many.purge(chosen);
    tellResult(result, `${countWords(result.done, "profile")} ended for good`);
    onClear();
    await many.refresh();
  };
  const words = countWords(count, "profile");

  return (
    <section className={classes.bar} aria-label="Chosen profiles">
      <Text size="sm" fw={500} mr="xs" aria-live="polite">
        {words} chosen
      </Text>
      {count < matching && (
        <Button size="compact-xs" variant="subtle" className={classes.all} onClick={onAll}>
          Choose all {matching.toLocaleString("en")}
        </Button>
      )}
      {chosen.deleted ? (
        <>
          <Button
            size="xs"
            leftSection={<IconRestore size={15} aria-hidden />}
            loading={act.isPending}
            onClick={() => act.mutate({ work: () => many.restore(chosen), words: (done) => `${done} brought back` })}
          >
            Bring back
          </Button>
          <Button size="xs" variant="default" color="red" onClick={() => setAsking("purge")}>
            Delete for good now
          </Button>
        </>
      ) : (
        <>
          <Button size="xs" leftSection={<IconRocket size={15} aria-hidden />} onClick={onDeploy}>
            Deploy to them
          </Button>
          <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={15} aria-hidden />} onClick={() => onOrder("open")}>
            Start
          </Button>
          <Button size="xs" variant="default" leftSection={<IconPlayerStop size={15} aria-hidden />} onClick={() => onOrder("close")}>
            Stop
          </Button>
          <Button size="xs" variant="default" leftSection={<IconTag size={15} aria-hidden />} onClick={() => setEditing("tags")}>
            Tags
          </Button>
          <Button size="xs" variant="default" leftSection={<IconFolder size={15} aria-hidden />} onClick={() => setEditing("group")}>
            Group
          </Button>
          <Button size="xs" variant="default" leftSection={<IconCopy size={15} aria-hidden />} onClick={() => setCloning(true)}>
            Clone
          </Button>
          <Menu position="top-end" width={220}>
            <Menu.Target>
              <ActionIcon variant="default" size={30} aria-label="More for the chosen profiles">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconArrowsExchange size={15} aria-hidden />} onClick={() => setMoving(true)}>
                Move to another runner
              </Menu.Item>
              <Menu.Item leftSection={<IconDownload size={15} aria-hidden />} onClick={() => setExporting(true)}>
                Export
              </Menu.Item>
              <Menu.Item leftSection={<IconNote size={15} aria-hidden />} onClick={() => setEditing("notes")}>
                Replace the notes
              </Menu.Item>
              <Menu.Item leftSection={<IconWorld size={15} aria-hidden />} onClick={() => setEditing("network")}>
                Change the network
              </Menu.Item>
              <Menu.Item onClick={() => setEngine("shared")}>Use the shared engine</Menu.Item>
              <Menu.Item onClick={() => setEngine("dedicated")}>Use the dedicated engine</Menu.Item>
              <Menu.Item
                c="var(--mantine-color-error)"
                leftSection={<IconTrash size={15} aria-hidden />}
                onClick={() => setAsking("delete")}
              >
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      )}
      <ActionIcon className={classes.none} aria-label="Choose none" onClick={onClear}>
        <IconX size={16} />
      </ActionIcon>
      {cloning && <CloneModal chosen={chosen} words={words} onClose={() => setCloning(false)} onDone={onClear} />}
      {exporting && <ExportManyModal chosen={chosen} words={words} onClose={() => setExporting(false)} />}
      {engine && (
        <EngineModal
          {...{ chosen, words }}
          to={engine}
          onClose={() => setEngine(null)}
          onDone={(result) => {
            tellResult(result, `${countWords(result.done, "profile")} set to the ${engine} engine`);
            onClear();
          }}
        />
      )}
      {moving && <MoveModal chosen={chosen} words={words} onClose={() => setMoving(false)} onBegun={() => void many.refresh()} />}
      <BulkEditModal
        what={editing}
        onClose={() => setEditing(null)}
        count={words}
        tags={tags}
        onSave={async ({ proxy, ...changes }) => {
          const result = proxy ? await many.configure(chosen, { proxy }) : await many.edit(chosen, changes);
          tellResult(result, `${countWords(result.done, "profile")} changed`);
          await many.refresh();
        }}
      />
      <ConfirmModal
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={asking === "purge" ? `Delete ${words} for good?` : `Delete ${words}?`}
        confirmLabel={asking === "purge" ? "Delete for good" : "Delete profiles"}
        onConfirm={asking === "purge" ? purge : remove}
        message={
          asking === "purge"
            ? "Their runners remove cookies, storage and sign-ins at once. Nobody can bring them back. What their runs left is kept."
            : "Their runners keep cookies, storage and sign-ins aside for 30 days, until when they can be brought back. Profiles that are in use, or that a schedule runs on, stay."
        }
      />
    </section>
  );
}

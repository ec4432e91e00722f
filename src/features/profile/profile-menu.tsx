"use client";

import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconArrowsExchange,
  IconCopy,
  IconDots,
  IconExternalLink,
  IconHistory,
  IconPlayerPlay,
  IconRestore,
  IconRocket,
  IconTrash,
} from "@tabler/icons-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { ConfirmModal } from "@/components/confirm-button";
import { notifyDone, notifyError } from "@/components/notify";
import { CloneModal } from "./clone-modal.tsx";
import { DeployChosen } from "./deploy-chosen.tsx";
import { MoveModal } from "./move-modal.tsx";
import { type Chosen, useMany } from "./use-many.ts";
import { useUndoDelete } from "./use-undo-delete.ts";

type Props = {
  profile: ProfileView /** On its own page: shut at first, and left for the list when the profile is deleted. */;
  onPage?: boolean;
};

/** What can be done to one profile; of the list, opened, in the place of the button that was asked for it. */
export function ProfileMenu({ profile, onPage = false }: Props) {
  const router = useRouter();
  const many = useMany();
  const tellDeleted = useUndoDelete();
  const [deleting, deletion] = useDisclosure(false);
  const [moving, moves] = useDisclosure(false);
  const [cloning, clones] = useDisclosure(false);
  const [deploying, deployment] = useDisclosure(false);
  const target = useRef<HTMLButtonElement>(null);
  const [shown, setShown] = useState(false);
  // its button has taken the place of the plain one, and the focus with it
  useEffect(() => {
    if (onPage) return;
    target.current?.focus();
    setShown(true);
  }, [onPage]);
  const isDeleted = profile.purgeAt !== null;
  const chosen: Chosen = { selection: { all: false, ids: new Set([profile.id]) }, filter: {}, deleted: isDeleted };
  const ask = (open: () => void) => () => {
    // the dialog gives the focus back to where it came from, and the item is gone by then
    target.current?.focus();
    open();
  };
  // these are there only while they are open, and know nothing of where the focus came from
  const back = (close: () => void) => () => {
    close();
    target.current?.focus();
  };
  const restore = async () => {
    const { refused } = await many.restore({ ...chosen, deleted: true });
    if (refused.length > 0) throw new Error("Another profile has its name by now: rename that one first.");
    notifyDone(`${profile.name} is back.`);
    await many.refresh();
  };
  const remove = async () => {
    if (isDeleted) await many.purge(chosen);
    else if ((await many.remove(chosen)).done === 0) throw new Error(`${profile.name} is in use: end its run first.`);
    if (isDeleted) notifyDone(`${profile.name} was deleted for good.`);
    else tellDeleted(`${profile.name} was deleted.`, [profile.id], () => restore().catch(notifyError));
    if (onPage) router.push("/dashboard/profiles");
    await many.refresh();
  };
  return (
    <>
      <Menu position="bottom-end" width={220} opened={shown} onChange={setShown} hideDetached={false}>
        <Menu.Target>
          <ActionIcon
            ref={target}
            variant={onPage ? "default" : undefined}
            size={onPage ? 36 : undefined}
            aria-label={`Actions for ${profile.name}`}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isDeleted ? (
            <Menu.Item leftSection={<IconRestore size={15} aria-hidden />} onClick={() => void restore().catch(notifyError)}>
              Bring back
            </Menu.Item>
          ) : (
            <>
              {!onPage && (
                <Menu.Item
                  leftSection={<IconExternalLink size={15} aria-hidden />}
                  component={Link}
                  href={`/dashboard/profiles/${profile.id}`}
                >
                  Open
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconRocket size={15} aria-hidden />} onClick={ask(deployment.open)}>
                Deploy to it
              </Menu.Item>
              <Menu.Item
                leftSection={<IconHistory size={15} aria-hidden />}
                component={Link}
                href={`/dashboard/runs?profile=${profile.id}`}
                prefetch={false}
              >
                Its runs
              </Menu.Item>
              {profile.lastRunId && (
                <Menu.Item
                  leftSection={<IconPlayerPlay size={15} aria-hidden />}
                  component={Link}
                  href={`/dashboard/runs/${profile.lastRunId}`}
                >
                  Open the last run
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconCopy size={15} aria-hidden />} onClick={ask(clones.open)}>
                Clone
              </Menu.Item>
              <Menu.Item leftSection={<IconArrowsExchange size={15} aria-hidden />} onClick={ask(moves.open)}>
                Move to another runner
              </Menu.Item>
            </>
          )}
          <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={15} aria-hidden />} onClick={ask(deletion.open)}>
            {isDeleted ? "Delete for good now" : "Delete profile"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {deploying && <DeployChosen opened onClose={back(deployment.close)} chosen={chosen} />}
      {cloning && <CloneModal chosen={chosen} words={profile.name} onClose={back(clones.close)} />}
      {moving && <MoveModal chosen={chosen} words={profile.name} profile={profile} onClose={back(moves.close)} />}
      <ConfirmModal
        opened={deleting}
        onClose={deletion.close}
        title={isDeleted ? `Delete ${profile.name} for good?` : `Delete ${profile.name}?`}
        confirmLabel={isDeleted ? "Delete for good" : "Delete profile"}
        onConfirm={remove}
        message={
          isDeleted
            ? `${profile.runnerName} removes its cookies, storage and sign-ins. Nobody can bring it back.`
            : `${profile.runnerName} keeps its cookies, storage and sign-ins aside for 30 days${profile.runnerOnline ? "" : " after it is back online"}, until when it can be brought back. What its runs left is kept.`
        }
      />
    </>
  );
}

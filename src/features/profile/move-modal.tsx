"use client";

import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { MovesBegun } from "@deskhand/shared/schemas/profile-move";
import { Alert, Button, Checkbox, Group, List, Modal, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { refusalWords } from "./move-words.ts";
import type { Chosen } from "./use-many.ts";
import { useMove } from "./use-move.ts";

type Props = {
  chosen: Chosen;
  words: string;
  /** Of a single one, which may also be claimed. */
  profile?: Pick<ProfileView, "id" | "runnerId">;
  onClose: () => void;
  onBegun?: () => void;
};

/** Where profiles are to go, and what stands in the way of some of them. */
export function MoveModal({ chosen, words, profile, onClose, onBegun }: Props) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  const [runnerId, setRunnerId] = useState<string | null>(null);
  const [begun, setBegun] = useState<MovesBegun | null>(null);
  const { move, claim } = useMove();
  const [isThere, setThere] = useState(false);
  const places = (runners.data?.items ?? []).filter(({ id, status }) => status === "accepted" && id !== profile?.runnerId);
  const start = () => {
    if (!runnerId) return;
    if (profile && isThere) {
      claim.mutate({ profileId: profile.id, runnerId }, { onSuccess: onClose });
      return;
    }
    move.mutate(
      { chosen, runnerId },
      {
        onSuccess: (result) => {
          notifyDone(result.done === 1 ? "1 profile is on its way." : `${result.done} profiles are on their way.`);
          onBegun?.();
          if (result.refused.length + result.proxiesToEnter.length === 0) onClose();
          else setBegun(result);
        },
      },
    );
  };
  return (
    <Modal opened onClose={onClose} title={`Move ${words} to another runner`} closeButtonProps={{ "aria-label": "Close" }}>
      {begun ? (
        <Stack gap="md">
          <Begun begun={begun} />
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="md">
          <Text size="sm">
            Cookies, storage, sign-ins, settings and the passwords of its proxies go along, sealed so that only the new runner can open
            them. Until it has all of a profile, the profile stays where it is; after that its old runner keeps a copy aside for 30 days.
          </Text>
          <Select
            label="Runner"
            placeholder={places.length === 0 ? "There is no other runner" : "Choose a runner"}
            disabled={places.length === 0}
            data={places.map(({ id, name, online }) => ({ value: id, label: online ? name : `${name} (offline)` }))}
            value={runnerId}
            onChange={setRunnerId}
            data-autofocus
          />
          <Text size="xs" c="dimmed">
            Both runners have to be online within an hour. Profiles that are in use or that a schedule runs on stay.
          </Text>
          {profile && (
            <Checkbox
              label="The runner has it already, from a backup"
              description="Nothing is sent: it goes on with the copy that is there, also when the runner where it was is gone."
              checked={isThere}
              onChange={(event) => setThere(event.currentTarget.checked)}
            />
          )}
          {(move.error ?? claim.error) && <ErrorState error={move.error ?? claim.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button onClick={start} loading={move.isPending || claim.isPending} disabled={!runnerId}>
              Move
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function Begun({ begun: { refused, proxiesToEnter } }: { begun: MovesBegun }) {
  return (
    <>
      {refused.length > 0 && (
        <Alert
          variant="light"
          color="yellow"
          title={refused.length === 1 ? "One stays where it is" : `${refused.length} stay where they are`}
        >
          <List size="sm" spacing={2}>
            {refused.slice(0, 20).map(({ id, name, code }) => (
              <List.Item key={id}>
                {name}: {refusalWords(code)}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {proxiesToEnter.length > 0 && (
        <Alert variant="light" color="yellow" title="Enter these proxies again">
          <Text size="sm">
            Neither runner can open their passwords, which were sealed before both were there:{" "}
            {proxiesToEnter.map(({ name }) => name).join(", ")}.
          </Text>
        </Alert>
      )}
    </>
  );
}

"use client";

import type { BulkResult } from "@deskhand/shared/schemas/profile-bulk";
import { profileFlags } from "@deskhand/shared/schemas/profile-flags";
import type { ProfileEngine } from "@deskhand/shared/schemas/profile-settings";
import { whatStaysBehind } from "@deskhand/shared/schemas/what-stays-behind";
import { Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { type Chosen, useMany } from "./use-many.ts";
import { WhatStays } from "./what-stays.tsx";

type Props = {
  chosen: Chosen;
  words: string;
  to: ProfileEngine;
  onClose: () => void;
  onDone: (result: BulkResult) => void;
};

/** Says what does not come along to the other engine, and moves many profiles to it while it is open. */
export function EngineModal({ chosen, words, to, onClose, onDone }: Props) {
  const many = useMany();
  const [seen, setSeen] = useState({ over: 0, of: 0 });
  const move = useMutation({
    mutationFn: () => many.changeEngine(chosen, to, (over, of) => setSeen({ over, of })),
    onSuccess: (result) => {
      onClose();
      onDone(result);
    },
    onSettled: () => many.refresh(),
  });
  const progress = `${seen.over.toLocaleString("en")} of ${seen.of.toLocaleString("en")} looked at`;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Move ${words} to the ${to} engine?`}
      withCloseButton={!move.isPending}
      closeOnEscape={!move.isPending}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        <div>
          <WhatStays
            kinds={whatStaysBehind(to === "shared" ? "dedicated" : "shared", to, profileFlags)}
            intro="What a profile has of this stays behind:"
          />
        </div>
        <Text size="xs" c="dimmed">
          Profiles that are in use stay as they are.
          {to === "shared" && " Each one's browser is opened once: leave this page open until all are over."}
        </Text>
        {move.isPending && seen.of > 0 && (
          <div aria-live="polite">
            <Text size="sm" mb={4}>
              {progress}
            </Text>
            <Progress value={(100 * seen.over) / seen.of} aria-label={progress} size="sm" transitionDuration={200} />
          </div>
        )}
        {move.isError && <ErrorState error={move.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={move.isPending}>
            Cancel
          </Button>
          <Button onClick={() => move.mutate()} loading={move.isPending} data-autofocus>
            Move them
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

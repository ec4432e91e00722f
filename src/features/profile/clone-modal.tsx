"use client";

import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { countWords } from "@/components/count-words";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { type Chosen, useMany } from "./use-many.ts";

/** Says what a copy has of its original, and asks about the one thing that it should not have. */
export function CloneModal({
  chosen,
  words,
  onClose,
  onDone,
}: {
  chosen: Chosen;
  words: string;
  onClose: () => void;
  onDone?: () => void;
}) {
  const many = useMany();
  const [keepIdentity, setKeep] = useState(false);
  const clone = useMutation({
    mutationFn: () => many.clone(chosen, { keepIdentity }),
    onSuccess: ({ done }) => {
      notifyDone(`${countWords(done, "profile")} copied.`);
      onClose();
      onDone?.();
    },
    onSettled: () => many.refresh(),
  });
  return (
    <Modal opened onClose={onClose} title={`Clone ${words}`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap="md">
        <Text size="sm">
          A copy has the cookies, storage and sign-ins that were saved last, and the settings, proxy, tags, notes and group. It shows itself
          as another device of the same system, languages and time zone.
        </Text>
        <Checkbox
          label="Keep the device identity"
          description="Sites then take the copy and its original for one device. Do not use both at once."
          checked={keepIdentity}
          onChange={(event) => setKeep(event.currentTarget.checked)}
        />
        {clone.isError && <ErrorState error={clone.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => clone.mutate()} loading={clone.isPending} data-autofocus>
            Clone
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

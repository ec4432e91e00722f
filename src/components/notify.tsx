"use client";

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { wordsFor } from "./error-words.ts";

const closeButtonProps = { "aria-label": "Close" };

/** Says in the corner that something was done. */
export function notifyDone(message: string) {
  notifications.show({
    message,
    icon: <IconCheck size={16} aria-hidden />,
    color: "teal",
    autoClose: 4000,
    withBorder: true,
    closeButtonProps,
  });
}

/** Says in the corner what went wrong and what to do next, for calls that have no better place on the page. */
export function notifyError(error: unknown) {
  const words = wordsFor(error);
  notifications.show({
    title: words.title,
    message: words.whatToDo,
    icon: <IconAlertTriangle size={16} aria-hidden />,
    color: "red",
    autoClose: 8000,
    withBorder: true,
    closeButtonProps,
    role: "alert",
  });
}

/** Says that something was done, and takes it back when somebody wants that. @returns what ends it before its time */
export function notifyUndo(message: string, undo: () => unknown, onClose?: () => void): () => void {
  const id = notifications.show({
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" component="span">
          {message}
        </Text>
        <Button
          size="compact-sm"
          variant="light"
          flex="none"
          onClick={() => {
            notifications.hide(id);
            void undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
    icon: <IconCheck size={16} aria-hidden />,
    color: "teal",
    autoClose: 12_000,
    withBorder: true,
    closeButtonProps,
    ...(onClose && { onClose }),
  });
  return () => notifications.hide(id);
}

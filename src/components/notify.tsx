"use client";

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

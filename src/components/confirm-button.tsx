"use client";

import { Button, type ButtonProps, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { ErrorState } from "./error-state.tsx";

type Confirmation = {
  title: string;
  /** What will happen, and what will not. */
  message: ReactNode;
  /** The verb, for example "Delete profile". */
  confirmLabel: string;
  /** It can be taken back: the button is none of warning. */
  harmless?: boolean;
  /** The dialog closes when it resolves and shows the error when it rejects. */
  onConfirm: () => Promise<unknown>;
};

/** A button that asks first, in a dialog that says what will happen. */
export function ConfirmButton({
  title,
  message,
  confirmLabel,
  harmless,
  onConfirm,
  children,
  ...button
}: Confirmation & ButtonProps & { children: ReactNode }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {children}
      </Button>
      <ConfirmModal
        opened={opened}
        onClose={close}
        title={title}
        message={message}
        confirmLabel={confirmLabel}
        harmless={harmless}
        onConfirm={onConfirm}
      />
    </>
  );
}

/** The dialog alone, for a menu item or a key that asks first. */
export function ConfirmModal({
  opened,
  onClose,
  title,
  message,
  confirmLabel,
  harmless,
  moreOfError,
  onConfirm,
}: Confirmation & {
  opened: boolean;
  onClose: () => void;
  /** What there is to say about an error besides its words. */
  moreOfError?: (error: unknown) => ReactNode;
}) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const close = () => {
    setState({ busy: false, error: null });
    onClose();
  };
  const confirm = async () => {
    setState({ busy: true, error: null });
    try {
      await onConfirm();
      close();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} size="md" closeButtonProps={{ "aria-label": "Close" }}>
      {state.error !== null && <ErrorState error={state.error} mb="md" />}
      {state.error !== null && moreOfError?.(state.error)}
      <Text size="sm" component="div">
        {message}
      </Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          Cancel
        </Button>
        <Button color={harmless ? undefined : "red.8"} onClick={() => void confirm()} loading={state.busy}>
          {confirmLabel}
        </Button>
      </Group>
    </Modal>
  );
}

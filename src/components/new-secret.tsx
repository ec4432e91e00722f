"use client";

import { Alert, Button, Group, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CopyField } from "./copy-field.tsx";

/** A secret that is shown once, in a dialog; `children` say what it is for. */
export function NewSecret({ label, secret, onDone, children }: { label: string; secret: string; onDone: () => void; children: ReactNode }) {
  return (
    <Stack>
      <Alert variant="default" icon={<IconAlertTriangle size={18} color="var(--deskhand-wait)" aria-hidden />} title="It is shown only now">
        {children}
      </Alert>
      <CopyField label={label} value={secret} wrap />
      <Group justify="flex-end">
        <Button onClick={onDone}>Done</Button>
      </Group>
    </Stack>
  );
}

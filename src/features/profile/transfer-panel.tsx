import { stateFormats } from "@deskhand/shared/formats/profile-state";
import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { exportFileName } from "@deskhand/shared/schemas/profile-transfer";
import { Alert, Button, Group, Modal, Select, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconFileImport } from "@tabler/icons-react";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/panel";
import { saveFile } from "@/components/save-file";
import { ImportFile } from "./import-file.tsx";
import { formatWords } from "./profile-words.ts";
import { isSealed, noSeal, SealFields, sealWords } from "./seal-fields.tsx";
import { type ExportFormat, Refused, useTransfer } from "./use-transfer.ts";

const types: Record<ExportFormat, string> = {
  bundle: "application/octet-stream",
  "storage-state": "application/json",
  "cookies-txt": "text/plain",
  "cookies-json": "application/json",
};

/** Files into the profile and out of it. The server sees none of them in clear. */
export function TransferPanel({ profile }: { profile: ProfileDetail }) {
  const { exporting } = useTransfer();
  const [format, setFormat] = useState<ExportFormat>("bundle");
  const [seal, setSeal] = useState(noSeal);
  const [opened, { open, close }] = useDisclosure(false);
  const isBundle = format === "bundle";
  const start = () =>
    exporting.mutate(
      { target: profile, format, seal: isBundle ? seal : null },
      {
        onSuccess: (content) => {
          saveFile(new Blob([new Uint8Array(content)], { type: types[format] }), exportFileName(profile.name, format));
          setSeal(({ by }) => ({ by, text: "" }));
          notifyDone(`${profile.name} was exported.`);
        },
      },
    );
  return (
    <Panel
      title="Import and export"
      description="Files are sealed on their way: only this browser and the runner can open them."
      actions={
        <Button variant="default" size="xs" leftSection={<IconFileImport size={16} aria-hidden />} onClick={open}>
          Import
        </Button>
      }
    >
      <Stack gap="sm">
        <Group gap="sm" align="flex-end">
          <Select
            label="Export as"
            data={["bundle" as const, ...stateFormats].map((value) => ({ value, label: formatWords[value] }))}
            value={format}
            onChange={(chosen) => setFormat(chosen as ExportFormat)}
            allowDeselect={false}
            w={260}
          />
          {isBundle && <SealFields seal={seal} onChange={setSeal} />}
          <Button
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={start}
            loading={exporting.isPending}
            disabled={isBundle && !isSealed(seal)}
          >
            Export
          </Button>
        </Group>
        {isBundle ? (
          <Alert variant="light" color="gray">
            {sealWords(seal)}
          </Alert>
        ) : (
          <Alert variant="light" color="yellow">
            This file lies open on your computer: whoever has it is signed in where the profile is.
          </Alert>
        )}
        {exporting.error instanceof Refused ? (
          <Alert variant="light" color="red" title={exporting.error.message} />
        ) : (
          exporting.isError && <ErrorState error={exporting.error} />
        )}
      </Stack>
      <Modal opened={opened} onClose={close} title={`Import into ${profile.name}`} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
        <ImportFile target={profile} onDone={close} />
      </Modal>
    </Panel>
  );
}

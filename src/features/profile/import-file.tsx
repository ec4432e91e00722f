import { stateFormats } from "@deskhand/shared/formats/profile-state";
import { Button, Group, PasswordInput, Radio, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFileImport } from "@tabler/icons-react";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { FileProblems } from "./file-problems.tsx";
import { type LookedAt, lookAtFile } from "./look-at-file.ts";
import { formatWords } from "./profile-words.ts";
import { Refused, useTransfer } from "./use-transfer.ts";

type Props = { target: { id: string; name: string; projectId: string; runnerId: string }; onDone: () => void };

/** Takes a file into a profile: shows what it is, or each place that is wrong with it, before anything leaves this browser. */
export function ImportFile({ target, onDone }: Props) {
  const { importing } = useTransfer();
  const [file, setFile] = useState<LookedAt | null>(null);
  const [mode, setMode] = useState<"merge" | "replace">("merge");
  const [passphrase, setPassphrase] = useState("");
  const needsPassphrase = file?.kind === "bundle" && file.wantsPassphrase;
  const take = async ([given]: File[]) => {
    importing.reset();
    if (given) setFile(await lookAtFile(given));
  };
  const start = (chosen: LookedAt) =>
    importing.mutate(
      { target, file: chosen, mode, passphrase: needsPassphrase ? passphrase : "" },
      {
        onSuccess: () => {
          notifyDone(`${chosen.name} was imported into ${target.name}.`);
          onDone();
        },
      },
    );
  return (
    <Stack gap="md">
      <Dropzone onDrop={(files) => void take(files)} multiple={false} aria-label="File to import" disabled={importing.isPending}>
        <Stack gap={4} align="center" py="lg">
          <IconFileImport size={28} stroke={1.5} aria-hidden />
          <Text size="sm">{file ? file.name : "Drop a file here, or choose one"}</Text>
          <Text size="xs" c="dimmed" ta="center">
            {stateFormats.map((format) => formatWords[format]).join(", ")}, or a bundle of Deskhand. It is sealed here; only the runner can
            open it.
          </Text>
        </Stack>
      </Dropzone>
      {file?.kind === "state" && (
        <Text size="sm" role="status">
          {formatWords[file.format]} with {file.cookies} cookies{file.origins > 0 && ` and the storage of ${file.origins} sites`}.
        </Text>
      )}
      {file?.kind === "bundle" && (
        <Text size="sm" role="status">
          A bundle of Deskhand. It replaces all that the profile has, and how it is set.
        </Text>
      )}
      {file?.kind === "refused" && <FileProblems title="This file cannot be imported" problems={file.problems} more={file.more} />}
      {importing.error instanceof Refused ? (
        <FileProblems title={importing.error.message} problems={importing.error.problems} />
      ) : (
        importing.isError && <ErrorState error={importing.error} />
      )}
      {file?.kind === "state" && (
        <Radio.Group label="With what the profile has" value={mode} onChange={(chosen) => setMode(chosen as "merge" | "replace")}>
          <Stack gap={6} mt={6}>
            <Radio value="merge" label="Keep it, and take over what is in the file" />
            <Radio value="replace" label="Replace it: everything else is forgotten" />
          </Stack>
        </Radio.Group>
      )}
      {needsPassphrase && (
        <PasswordInput
          label="Passphrase of the bundle"
          description="Sealed here; only the runner can read it."
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          autoComplete="off"
        />
      )}
      <Group justify="flex-end">
        <Button
          onClick={() => file && start(file)}
          disabled={!file || file.kind === "refused" || (needsPassphrase && passphrase === "")}
          loading={importing.isPending}
        >
          Import
        </Button>
      </Group>
    </Stack>
  );
}

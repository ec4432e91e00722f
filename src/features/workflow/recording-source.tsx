"use client";

import { maxRecordingBytes } from "@deskhand/shared/schemas/recording";
import { Anchor, Button, Group, JsonInput, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { useDisclosure } from "@mantine/hooks";
import { IconFileUpload } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./recording-source.module.css";

type Props = {
  /** Called with the text of a recording, as given. `fileName` is null for pasted text. */
  onText: (text: string, fileName: string | null) => void;
  /** Called for a file that is not even read. */
  onRefused: (reason: string) => void;
  loading: boolean;
};

const megabytes = maxRecordingBytes / 1024 / 1024;

/** Takes a recording: a file that is dropped or chosen, or pasted text. */
export function RecordingSource({ onText, onRefused, loading }: Props) {
  const [pasting, paste] = useDisclosure(false);
  const [text, setText] = useState("");

  const take = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > maxRecordingBytes) {
      const size = (file.size / 1024 / 1024).toFixed(file.size < 10 * 1024 * 1024 ? 1 : 0);
      onRefused(`${file.name} has ${size} MB; a recording has at most ${megabytes} MB. Is it the JSON export of a recording?`);
      return;
    }
    onText(await file.text(), file.name);
  };

  return (
    <Stack gap="sm">
      {pasting ? (
        <>
          <JsonInput
            label="Recording as JSON"
            description="Paste the whole text of the exported file."
            placeholder={'{ "title": "…", "steps": [ … ] }'}
            value={text}
            onChange={setText}
            autosize
            minRows={7}
            maxRows={18}
            data-autofocus
            autoFocus
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
          />
          <Group gap="xs">
            <Button onClick={() => onText(text, null)} disabled={text.trim() === ""} loading={loading}>
              Check recording
            </Button>
            <Button variant="subtle" color="gray" onClick={paste.close}>
              Choose a file instead
            </Button>
          </Group>
        </>
      ) : (
        <>
          <Dropzone
            className={classes.drop}
            onDropAny={(files, rejected) => void take(files[0] ?? rejected[0]?.file)}
            onDrop={() => {}}
            multiple={false}
            loading={loading}
            // the button inside is what the keyboard reaches; its click opens the files like one anywhere here
            activateOnKeyboard={false}
            inputProps={{ "aria-label": "Recording file", accept: ".json,application/json" }}
          >
            <Stack align="center" gap={6}>
              <IconFileUpload size={30} stroke={1.5} className={classes.icon} aria-hidden />
              <Text fw={500}>Drop a recording here</Text>
              <Text size="sm" c="dimmed">
                The JSON export of Chrome's Recorder, at most {megabytes}
                {"\u00a0"}MB
              </Text>
              <Button variant="default" size="xs" mt={6}>
                Choose file
              </Button>
            </Stack>
          </Dropzone>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed" maw="36rem">
              To make one: in Chrome, press F12, open the Recorder panel from the ⋮ menu under More tools, record, then Export as JSON.
            </Text>
            <Anchor component="button" type="button" size="sm" onClick={paste.open}>
              Paste text instead
            </Anchor>
          </Group>
        </>
      )}
    </Stack>
  );
}

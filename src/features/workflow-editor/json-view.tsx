import { parseRecording } from "@deskhand/shared/schemas/recording";
import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useEditor } from "./editor-context.ts";
import { isRecord, writeDocument } from "./model/document.ts";
import classes from "./step-form.module.css";

/** The document as JSON, to read and to change. What is typed counts once it is taken over; until then nothing is lost. */
export function JsonView() {
  const { state, dispatch } = useEditor();
  const text = JSON.stringify(writeDocument(state.document), null, 2);
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? text;
  const changed = typed !== null && typed !== text;
  const parsed = changed ? parseRecording(shown) : null;
  const data = readRecord(shown);

  return (
    <Stack gap="sm">
      <Textarea
        label="The document as JSON"
        description="Chrome DevTools Recorder's format. Its schema is at /schemas/workflow.json."
        value={shown}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autosize
        minRows={12}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.code ?? "" }}
      />
      {parsed && !parsed.ok && (
        <Alert color="red" variant="light" role="status">
          {parsed.issues.slice(0, 5).map(({ path, field, message }) => (
            <Text size="sm" key={`${path} ${field} ${message}`}>
              {message}
            </Text>
          ))}
        </Alert>
      )}
      {changed && (
        <Group gap="xs">
          <Button
            size="xs"
            disabled={data === null}
            onClick={() => {
              if (data) dispatch({ do: "replace", recording: data });
              setTyped(null);
            }}
          >
            Take over
          </Button>
          <Button size="xs" variant="default" onClick={() => setTyped(null)}>
            Discard
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** Steps with mistakes can be taken over: the editor marks them. Only what is no document at all cannot. */
function readRecord(text: string): Record<string, unknown> | null {
  try {
    const data: unknown = JSON.parse(text);
    return isRecord(data) && Array.isArray(data.steps) ? data : null;
  } catch {
    return null;
  }
}

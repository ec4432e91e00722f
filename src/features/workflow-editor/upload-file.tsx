import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { bytesOfContent, uploadContent } from "./model/upload-content.ts";

type Props = { value: Record<string, unknown>; onChange: (value: unknown) => void };

/** Fills an upload step's name and content from a file of this computer. */
export function UploadFile({ value, onChange }: Props) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const reset = useRef<() => void>(null);
  const bytes = bytesOfContent(value);
  const choose = async (file: File) => {
    const read = await uploadContent(file);
    // the same one can be chosen again, when it was changed
    reset.current?.();
    if ("trouble" in read) return setTrouble(read.trouble);
    setTrouble(null);
    onChange({ ...value, ...read });
  };
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <FileButton resetRef={reset} onChange={(file) => void (file && choose(file))}>
          {(props) => (
            <Button size="compact-sm" variant="default" leftSection={<IconUpload size={14} aria-hidden />} {...props}>
              Choose a file
            </Button>
          )}
        </FileButton>
        {bytes !== null && (
          <Text size="xs" c="dimmed">
            Holds {bytesWords(bytes)} that are no text.
          </Text>
        )}
      </Group>
      {trouble && (
        <Text size="xs" c="red" role="alert">
          {trouble}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        It becomes part of the workflow, for everybody who may read it.
      </Text>
    </Stack>
  );
}

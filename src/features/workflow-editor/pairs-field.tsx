import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useFormFacts } from "./editor-context.ts";
import { isRecord } from "./model/document.ts";
import { TemplateInput } from "./template-input.tsx";

type Props = { label: string; path: string; value: unknown; onChange: (value: unknown) => void };

/** Names with texts, for example the headers of a request. */
export function PairsField({ label, path, value, onChange }: Props) {
  const { errorOf } = useFormFacts();
  const pairs = Object.entries(isRecord(value) ? value : {});
  const set = (next: [string, unknown][]) => onChange(Object.fromEntries(next));
  return (
    <Input.Wrapper label={label} labelElement="div" error={errorOf(path, true)} role="group" aria-label={label}>
      <Stack gap={6} mt={6}>
        {pairs.map(([name, text], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is typed into
          <Group key={index} gap={4} wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={`Name ${index + 1}`}
              value={name}
              onChange={({ currentTarget }) => set(pairs.map((pair, at) => (at === index ? [currentTarget.value, text] : pair)))}
            />
            <TemplateInput
              aria-label={`Value ${index + 1}`}
              value={String(text)}
              onChange={(typed) => set(pairs.map((pair, at) => (at === index ? [name, typed] : pair)))}
            />
            <ActionIcon
              mt={6}
              aria-label={`Remove ${name || `pair ${index + 1}`}`}
              onClick={() => set(pairs.filter((_, at) => at !== index))}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={12} aria-hidden />}
            onClick={() => set([...pairs, [pairs.some(([name]) => name === "") ? `Name-${pairs.length + 1}` : "", ""]])}
          >
            Add one
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}

import { ActionIcon, Checkbox, Group, NativeSelect, Paper, SimpleGrid, TagsInput, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type Declaration, readDefault, showDefault } from "./model/declarations.ts";

type Props = {
  kind: "inputs" | "variables";
  types: Record<string, string>;
  declaration: Declaration;
  taken: readonly string[];
  onChange: (next: Declaration, field: string) => void;
  onRemove: () => void;
};

/** An input or a variable: its name, type, words, default, and who may see it. */
export function DeclarationRow({ kind, types, declaration, taken, onChange, onRemove }: Props) {
  const { name, of, required } = declaration;
  const isInput = kind === "inputs";
  const set = (field: string, value: unknown) => {
    const { [field]: _before, ...rest } = of;
    onChange({ ...declaration, of: value === undefined ? rest : { ...of, [field]: value } }, field);
  };
  const nameError = /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)
    ? taken.includes(name)
      ? "Another one has this name."
      : undefined
    : "A letter, then letters, digits and _.";
  const words = `${isInput ? "Input" : "Variable"} ${name}`;
  return (
    <Paper p="sm" role="group" aria-label={words}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
        <TextInput
          label="Name"
          value={name}
          error={nameError}
          onChange={(event) => {
            // two of one name would become one in the JSON
            if (!taken.includes(event.currentTarget.value)) onChange({ ...declaration, name: event.currentTarget.value }, "name");
          }}
        />
        <NativeSelect
          label="Type"
          value={String(of.type)}
          onChange={(event) => {
            const { default: _default, enum: _enum, ...rest } = of;
            onChange({ ...declaration, of: { ...rest, type: event.currentTarget.value } }, "type");
          }}
          data={Object.entries(types).map(([value, label]) => ({ value, label }))}
        />
        <TextInput
          label="Label"
          placeholder={name}
          value={String(of.title ?? "")}
          onChange={(event) => set("title", event.currentTarget.value || undefined)}
        />
        <TextInput
          label="Default"
          value={showDefault(of.default)}
          onChange={(event) => set("default", readDefault(event.currentTarget.value, String(of.type)))}
        />
        {isInput && (
          <TextInput
            label="Help"
            value={String(of.description ?? "")}
            onChange={(event) => set("description", event.currentTarget.value || undefined)}
          />
        )}
        {isInput && of.type === "string" && (
          <TagsInput
            label="Choices"
            placeholder={Array.isArray(of.enum) ? "" : "Any text"}
            value={Array.isArray(of.enum) ? of.enum.map(String) : []}
            onChange={(list) => set("enum", list.length > 0 ? list : undefined)}
          />
        )}
      </SimpleGrid>
      <Group justify="space-between" mt="sm" gap="xs">
        <Group gap="md">
          {isInput && (
            <Checkbox
              label="Required"
              checked={required}
              onChange={(event) => onChange({ ...declaration, required: event.currentTarget.checked }, "required")}
            />
          )}
          <Checkbox
            label={isInput ? "Secret" : "Hidden"}
            checked={of.writeOnly === true}
            onChange={(event) => set("writeOnly", event.currentTarget.checked || undefined)}
          />
          {!isInput && (
            <Checkbox
              label="Part of the result"
              checked={of.output === true}
              onChange={(event) => set("output", event.currentTarget.checked || undefined)}
            />
          )}
        </Group>
        <ActionIcon aria-label={`Remove ${words}`} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </Paper>
  );
}

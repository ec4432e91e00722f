import { type RecordingInputs, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import { ActionIcon, Autocomplete, Button, Group, Input, Paper, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { inputFields } from "@/features/deployment/input-fields";
import { InputForm } from "@/features/deployment/input-form";
import { JsonField } from "./json-field.tsx";
import type { TestDraft } from "./model/tests.ts";

type Props = {
  test: TestDraft;
  inputs: RecordingInputs | null;
  /** What the result may hold, as far as the steps say. */
  results: readonly string[];
  errors: readonly { field: string; message: string }[];
  onChange: (next: TestDraft, field: string) => void;
  onRemove: () => void;
};

/** One test: its name, what it gives, and what it expects. */
export function TestRow({ test, inputs, results, errors, onChange, onRemove }: Props) {
  const secrets = secretInputNames(inputs ?? undefined);
  const fields = inputFields(inputs)
    .filter(({ name }) => !secrets.includes(name))
    // what is left empty has the declaration's default
    .map((field) => ({ ...field, required: false }));
  const values = Object.fromEntries(Object.entries(test.inputs).map(([name, value]) => [name, value as string | number | boolean]));
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const others = errors.filter(({ field }) => field !== "name" && !field.startsWith("inputs."));
  const give = (name: string, value: unknown) => {
    const { [name]: _before, ...rest } = test.inputs;
    onChange({ ...test, inputs: value === "" ? rest : { ...rest, [name]: value } }, `inputs ${name}`);
  };
  const words = `Test ${test.name}`;
  return (
    <Paper p="sm" role="group" aria-label={words}>
      <Stack gap="sm">
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            label="Name"
            flex={1}
            maxLength={100}
            value={test.name}
            error={errorOf("name")}
            onChange={(event) => onChange({ ...test, name: event.currentTarget.value }, "name")}
          />
          <ActionIcon mb={4} aria-label={`Remove ${words}`} onClick={onRemove}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
        {fields.length > 0 && (
          <InputForm
            fields={fields}
            values={values}
            errors={Object.fromEntries(
              fields.flatMap(({ name }) => (errorOf(`inputs.${name}`) ? [[name, errorOf(`inputs.${name}`) ?? ""]] : [])),
            )}
            onChange={give}
          />
        )}
        <Expectations expect={test.expect} results={results} onChange={(expect, field) => onChange({ ...test, expect }, field)} />
        {others.map(({ field, message }) => (
          <Text size="xs" c="red" role="status" key={`${field} ${message}`}>
            {message}
          </Text>
        ))}
      </Stack>
    </Paper>
  );
}

type ExpectationsProps = {
  expect: Record<string, unknown>;
  results: readonly string[];
  onChange: (expect: Record<string, unknown>, field: string) => void;
};

/** What has to be in the result; what is not named may be anything. */
function Expectations({ expect, results, onChange }: ExpectationsProps) {
  const rows = Object.entries(expect);
  const set = (next: [string, unknown][], field: string) => onChange(Object.fromEntries(next), `expect ${field}`);
  const free = results.find((name) => !Object.hasOwn(expect, name)) ?? "";
  return (
    <Input.Wrapper
      label="Expected in the result"
      description="A text, a number, or JSON. What is not named here may be anything."
      labelElement="div"
      role="group"
      aria-label="Expected in the result"
    >
      <Stack gap="xs" mt={6}>
        {rows.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is typed into
          <Group key={index} gap={6} wrap="nowrap" align="flex-start">
            <Autocomplete
              w="40%"
              aria-label={`Name ${index + 1}`}
              data={results.filter((one) => one === name || !Object.hasOwn(expect, one))}
              value={name}
              onChange={(typed) => {
                // two of one name would become one in the JSON
                if (!Object.hasOwn(expect, typed))
                  set(
                    rows.map((row, at) => (at === index ? [typed, value] : row)),
                    `name ${index}`,
                  );
              }}
            />
            <div style={{ flex: 1 }}>
              <JsonField
                aria-label={`Value ${index + 1}`}
                value={value}
                onChange={(typed) =>
                  set(
                    rows.map((row, at) => (at === index ? [name, typed] : row)),
                    `value ${index}`,
                  )
                }
              />
            </div>
            <ActionIcon
              mt={6}
              aria-label={`Remove ${name || `value ${index + 1}`}`}
              onClick={() =>
                set(
                  rows.filter((_, at) => at !== index),
                  "remove",
                )
              }
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
            disabled={Object.hasOwn(expect, free)}
            onClick={() => set([...rows, [free, ""]], "add")}
          >
            Add one
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}

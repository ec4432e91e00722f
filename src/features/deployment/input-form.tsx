import { Fieldset, NumberInput, PasswordInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { canSeal } from "./can-seal.ts";
import type { FieldErrors, FormValues, InputField } from "./input-fields.ts";

type Value = string | number | boolean;
type Props = {
  fields: readonly InputField[];
  values: FormValues;
  errors: FieldErrors;
  onChange: (name: string, value: Value) => void;
};

/** A form made from the workflow's declaration of its inputs. */
export function InputForm({ fields, values, errors, onChange }: Props) {
  const secret = fields.some((field) => field.kind === "password");
  return (
    <Fieldset legend="Inputs" mx={0}>
      <Stack gap="md">
        {fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={values[field.name] ?? ""}
            error={errors[field.name]}
            onChange={(value) => onChange(field.name, value)}
          />
        ))}
        {secret && (
          <Text size="xs" c="dimmed">
            {canSeal()
              ? "Secret inputs are sealed in this page to the runner's key. Deskhand's server cannot read them."
              : "This page cannot seal secrets: open Deskhand through https or on localhost to use secret inputs."}
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}

function Field({
  field,
  value,
  error,
  onChange,
}: {
  field: InputField;
  value: Value;
  error: string | undefined;
  onChange: (value: Value) => void;
}) {
  const common = { name: field.name, label: field.label, description: field.description, required: field.required, error };
  switch (field.kind) {
    case "switch":
      return <Switch {...common} required={false} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case "select":
      return (
        <Select
          {...common}
          data={field.options}
          value={value === "" ? null : String(value)}
          onChange={(option) => onChange(option ?? "")}
          allowDeselect={!field.required}
          searchable={field.options.length > 8}
          placeholder="Choose"
        />
      );
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "boolean" ? "" : value}
          onChange={onChange}
          min={field.min}
          max={field.max}
          clampBehavior="none"
          allowDecimal={!field.wholeNumber}
        />
      );
    case "password":
      return (
        <PasswordInput
          {...common}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          leftSection={<IconLock size={16} aria-hidden />}
          autoComplete="new-password"
        />
      );
    case "text":
      return (
        <TextInput
          {...common}
          type={field.textType}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          autoComplete="off"
        />
      );
  }
}

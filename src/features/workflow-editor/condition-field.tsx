import { ActionIcon, Autocomplete, Button, Fieldset, Group, NativeSelect, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useFormFacts } from "./editor-context.ts";
import { choiceWords } from "./field-words.ts";
import { changeCondition, conditionKinds, typedValue } from "./model/conditions.ts";
import { isRecord } from "./model/document.ts";
import { SelectorsField } from "./selectors-field.tsx";
import { TemplateInput } from "./template-input.tsx";

type Props = { label: string; path: string; value: unknown; onChange: (value: unknown) => void; depth?: number };

const textOperators = ["equals", "contains", "matches"];
const variableOperators = ["equals", "contains", "matches", "greater", "less", "empty"];
const asOptions = (values: readonly string[]) => values.map((value) => ({ value, label: choiceWords(value) }));

/** Something that is true or not, put together without code. Conditions of conditions stand inside of each other. */
export function ConditionField({ label, path, value, onChange, depth = 0 }: Props) {
  const { errorOf, names } = useFormFacts();
  const given: Record<string, unknown> = isRecord(value) ? value : {};
  const kind = String(given.kind ?? "");
  const set = (field: string) => (next: unknown) => onChange({ ...given, [field]: next });
  const text = (field: string) => String(given[field] ?? "");
  const comparison = (operators: readonly string[]) => (
    <NativeSelect
      aria-label={`${label}: comparison`}
      value={text("operator")}
      onChange={(event) => set("operator")(event.currentTarget.value)}
      data={asOptions(operators)}
    />
  );
  const compared = (read: (typed: string) => unknown) => (
    <TemplateInput
      aria-label={`${label}: value`}
      placeholder="Value"
      value={text("value")}
      onChange={(typed) => set("value")(read(typed))}
      error={errorOf(`${path}.value`)}
    />
  );
  const inside = Array.isArray(given.conditions) ? given.conditions : [];

  return (
    <Fieldset legend={label} variant={depth > 0 ? "filled" : "default"} p="sm" mx={0}>
      <Stack gap="xs">
        <NativeSelect
          aria-label={`${label}: kind`}
          value={kind}
          onChange={(event) => onChange(changeCondition(given, event.currentTarget.value))}
          data={conditionKinds.map((one) => ({ value: one.kind, label: one.label }))}
          error={errorOf(path) ?? errorOf(`${path}.kind`)}
        />
        {(kind === "element" || kind === "text") && (
          <SelectorsField label="Element" path={`${path}.selectors`} value={given.selectors} onChange={set("selectors")} />
        )}
        {kind === "element" && (
          <NativeSelect
            aria-label={`${label}: state`}
            value={text("state")}
            onChange={(event) => set("state")(event.currentTarget.value)}
            data={asOptions(["visible", "hidden"])}
          />
        )}
        {(kind === "text" || kind === "url") && (
          <>
            {comparison(textOperators)}
            {compared((typed) => typed)}
          </>
        )}
        {kind === "variable" && (
          <>
            <Autocomplete
              aria-label={`${label}: name of the value`}
              placeholder="Variable or input"
              value={text("name")}
              onChange={set("name")}
              data={names.map(({ name }) => name)}
              error={errorOf(`${path}.name`)}
            />
            {comparison(variableOperators)}
            {given.operator !== "empty" && compared(typedValue)}
          </>
        )}
        {(kind === "all" || kind === "any") && (
          <>
            {inside.map((condition, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a condition is known by its place only, and two may be the same
              <Group key={index} gap={4} wrap="nowrap" align="flex-start">
                <div style={{ flex: 1, minWidth: 0 }}>
                  <ConditionField
                    label={`Condition ${index + 1}`}
                    path={`${path}.conditions[${index}]`}
                    value={condition}
                    onChange={(next) => set("conditions")(inside.map((one, at) => (at === index ? next : one)))}
                    depth={depth + 1}
                  />
                </div>
                {inside.length > 1 && (
                  <ActionIcon
                    aria-label={`Remove condition ${index + 1}`}
                    onClick={() => set("conditions")(inside.filter((_, at) => at !== index))}
                  >
                    <IconX size={14} aria-hidden />
                  </ActionIcon>
                )}
              </Group>
            ))}
            <div>
              <Button
                variant="subtle"
                size="compact-xs"
                leftSection={<IconPlus size={12} aria-hidden />}
                onClick={() => set("conditions")([...inside, changeCondition({}, "element")])}
                disabled={inside.length >= 20}
              >
                Another condition
              </Button>
            </div>
          </>
        )}
        {kind === "not" && (
          <ConditionField
            label="This is not so"
            path={`${path}.condition`}
            value={given.condition}
            onChange={set("condition")}
            depth={depth + 1}
          />
        )}
      </Stack>
    </Fieldset>
  );
}

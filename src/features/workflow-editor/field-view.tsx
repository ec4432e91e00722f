import { Autocomplete, Button, Group, NativeSelect, NumberInput, Switch, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { ConditionField } from "./condition-field.tsx";
import { useFormFacts } from "./editor-context.ts";
import { choiceWords, fieldWords } from "./field-words.ts";
import { JsonField } from "./json-field.tsx";
import { isRecord } from "./model/document.ts";
import { emptyValue, emptyVariant, type Field } from "./model/schema-fields.ts";
import { isUnreadable } from "./model/upload-content.ts";
import { PairsField } from "./pairs-field.tsx";
import { SelectorsField } from "./selectors-field.tsx";
import { TemplateInput } from "./template-input.tsx";
import { UploadFile } from "./upload-file.tsx";
import { VariableField } from "./variable-field.tsx";

type Props = { field: Field; path: string; value: unknown; onChange: (value: unknown) => void };

/** Fields that hold names or positions rather than texts with values in them. */
const plain = new Set(["key", "attribute", "workflowId", "version", "note", "target", "name"]);
const bulky = new Set<Field["kind"]>(["selectors", "condition", "pairs", "variant"]);

/** A field of a form, made from what the step's schema says of it. */
export function FieldView(props: Props) {
  const { field, value, onChange } = props;
  const { step } = useFormFacts();
  const { label } = fieldWords(field.name, step);
  if (!field.optional || !bulky.has(field.kind)) return <FieldInput {...props} />;
  if (value === undefined) {
    return (
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange(emptyValue(field))}
        >
          {label}
        </Button>
      </div>
    );
  }
  return (
    <div>
      <FieldInput {...props} />
      <Group justify="flex-end" mt={4}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          leftSection={<IconX size={12} aria-hidden />}
          onClick={() => onChange(undefined)}
        >
          Without {label.charAt(0).toLowerCase() + label.slice(1)}
        </Button>
      </Group>
    </div>
  );
}

function FieldInput({ field, path, value, onChange }: Props) {
  const { errorOf, names, step } = useFormFacts();
  const { label, help } = fieldWords(field.name, step);
  const error = errorOf(path);
  const common = { label, description: help, error };
  const orNothing = (given: unknown) => onChange(field.optional && (given === "" || given === null) ? undefined : given);
  switch (field.kind) {
    case "text": {
      const isPlain = plain.has(field.name) && !(field.name === "name" && step !== "deskhand.extract");
      if (isPlain && !field.long) {
        return <TextInput {...common} value={String(value ?? "")} onChange={(event) => orNothing(event.currentTarget.value)} />;
      }
      const code = field.name === "code" || field.name === "expression";
      const text = String(value ?? "");
      // "3" turns is meant as the number
      const read = (typed: string) => (field.name === "times" && /^\d{1,9}$/.test(typed) ? Number(typed) : typed);
      return <TemplateInput {...common} value={text} onChange={(typed) => orNothing(read(typed))} long={field.long || code} code={code} />;
    }
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          onChange={(given) => onChange(typeof given === "number" ? given : field.optional ? undefined : given)}
          min={field.min}
          max={field.max}
          clampBehavior="none"
          allowDecimal={!field.whole}
        />
      );
    case "switch":
      if (!field.optional || ["fullPage", "all", "append", "disabled"].includes(field.name)) {
        const set = (checked: boolean) => onChange(checked || !field.optional ? checked : undefined);
        return <Switch {...common} checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />;
      }
      return (
        <NativeSelect
          {...common}
          value={value === undefined ? "" : String(value)}
          onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? undefined : currentTarget.value === "true")}
          data={[
            { value: "", label: "As usual" },
            { value: "true", label: "Yes" },
            { value: "false", label: "No" },
          ]}
        />
      );
    case "choice":
      return (
        <NativeSelect
          {...common}
          value={String(value ?? "")}
          onChange={(event) => orNothing(event.currentTarget.value)}
          data={[
            ...(field.optional ? [{ value: "", label: "As usual" }] : []),
            ...field.options.map((option) => ({ value: option, label: choiceWords(option, field.name) })),
          ]}
        />
      );
    case "selectors":
      return <SelectorsField label={label} description={help} path={path} value={value} onChange={onChange} />;
    case "condition":
      return <ConditionField label={label} path={path} value={value} onChange={onChange} />;
    case "variable":
      if (field.name === "as") {
        return <TextInput {...common} value={String(value ?? "")} onChange={(event) => orNothing(event.currentTarget.value)} />;
      }
      return <VariableField {...common} value={String(value ?? "")} onChange={orNothing} />;
    case "reference":
      return <Autocomplete {...common} value={String(value ?? "")} onChange={orNothing} data={names.map(({ name }) => name)} />;
    case "texts":
      return <TagsInput {...common} value={Array.isArray(value) ? value.map(String) : []} onChange={(given) => onChange(listOr(given))} />;
    case "numbers":
      return (
        <TagsInput
          {...common}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(given) => onChange(listOr(given.map(Number).filter(Number.isInteger)))}
        />
      );
    case "pairs":
      return <PairsField label={label} path={path} value={value} onChange={onChange} />;
    case "json":
      return <JsonField {...common} value={value} onChange={orNothing} />;
    case "variant":
      return <VariantView field={field} path={path} value={value} onChange={onChange} />;
  }
}

function listOr(list: unknown[]): unknown[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** A choice, and the fields that there are because of it. */
function VariantView({ field, path, value, onChange }: Props & { field: Extract<Field, { kind: "variant" }> }) {
  const { errorOf, step } = useFormFacts();
  const given = isRecord(value) ? value : {};
  const chosen = String(given[field.by] ?? "");
  const variant = field.variants.find((one) => one.value === chosen);
  const isFile = field.name === "file" && chosen === "content";
  const isOpaque = isFile && isUnreadable(given);
  const shown = (variant?.fields ?? []).filter(({ name }) => !(isOpaque && name === "content"));
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  return (
    <>
      <NativeSelect
        label={fieldWords(field.name || field.by, step).label}
        value={chosen}
        onChange={(event) => onChange(emptyVariant(field, event.currentTarget.value, given))}
        data={field.variants.map((one) => ({ value: one.value, label: choiceWords(one.value, field.by) }))}
        error={errorOf(at(field.by)) ?? (field.name ? errorOf(path) : undefined)}
      />
      {isFile && <UploadFile value={given} onChange={onChange} />}
      <FieldList fields={shown} path={path} value={given} onChange={onChange} />
    </>
  );
}

type ListProps = {
  fields: readonly Field[];
  path: string;
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
};

/** The fields of an object. What is emptied and may be absent is taken out of it. */
export function FieldList({ fields, path, value, onChange }: ListProps) {
  return fields.map((field) => {
    if (field.name === "") {
      return <FieldView key="" field={field} path={path} value={value} onChange={(next) => onChange(next as Record<string, unknown>)} />;
    }
    const set = (next: unknown) => {
      const { [field.name]: _before, ...rest } = value;
      onChange(next === undefined ? rest : { ...value, [field.name]: next });
    };
    const inside = path === "" ? field.name : `${path}.${field.name}`;
    return <FieldView key={field.name} field={field} path={inside} value={value[field.name]} onChange={set} />;
  });
}

import { recordingInputsSchema } from "@deskhand/shared/schemas/recording-inputs";
import { Alert, Button, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { EmptyState } from "@/components/empty-state";
import { Panel } from "@/components/panel";
import { type FormValues, initialValues, inputFields } from "@/features/deployment/input-fields";
import { InputForm } from "@/features/deployment/input-form";
import { DeclarationRow } from "./declaration-row.tsx";
import { useEditor } from "./editor-context.ts";
import { type Declaration, freeName, readDeclarations, writeInputs, writeVariables } from "./model/declarations.ts";
import { PersonPanel } from "./person-panel.tsx";
import { VideoPanel } from "./video-panel.tsx";

const inputTypes = { string: "Text", number: "Number", integer: "Whole number", boolean: "Yes or no" };
const variableTypes = { string: "Text", number: "Number", boolean: "Yes or no", list: "List", object: "Object" };

/** The document's title, what deployers are asked for, what the workflow keeps while it runs, and the form that comes of it. */
export function Declarations() {
  const { state, dispatch, issues } = useEditor();
  const { header } = state.document;
  const { inputs, variables } = readDeclarations(header);
  const set = (field: string, value: Record<string, unknown>) => dispatch({ do: "header", header: value, field });
  const change = (kind: "inputs" | "variables", list: Declaration[], field: string) =>
    set(`${kind} ${field}`, kind === "inputs" ? writeInputs(header, list) : writeVariables(header, list));
  const panel = (kind: "inputs" | "variables", title: string, description: string, list: Declaration[], types: Record<string, string>) => (
    <Panel
      title={title}
      description={description}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() =>
            change(kind, [...list, { name: freeName([...inputs, ...variables], kind), required: false, of: { type: "string" } }], "add")
          }
        >
          {kind === "inputs" ? "Add input" : "Add variable"}
        </Button>
      }
    >
      <Stack gap="sm">
        {list.length === 0 && (
          <Text size="sm" c="dimmed">
            None yet.
          </Text>
        )}
        {list.map((one, index) => (
          <DeclarationRow
            // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is typed into
            key={index}
            kind={kind}
            types={types}
            declaration={one}
            taken={[...inputs, ...variables].filter((other) => other !== one).map(({ name }) => name)}
            onChange={(next, field) =>
              change(
                kind,
                list.map((other, at) => (at === index ? next : other)),
                `${index} ${field}`,
              )
            }
            onRemove={() =>
              change(
                kind,
                list.filter((_, at) => at !== index),
                "remove",
              )
            }
          />
        ))}
      </Stack>
    </Panel>
  );

  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: "start" }} onBlur={() => dispatch({ do: "settle" })}>
      <Stack gap="md">
        {issues.document.length > 0 && (
          <Alert color="red" variant="light" role="status">
            {issues.document.map(({ field, message }) => (
              <Text size="sm" key={`${field} ${message}`}>
                {message}
              </Text>
            ))}
          </Alert>
        )}
        <TextInput
          label="Title of the document"
          value={String(header.title ?? "")}
          onChange={(event) => set("title", { ...header, title: event.currentTarget.value })}
          maxLength={200}
        />
        {panel("inputs", "Inputs", "Asked for when the workflow is deployed.", inputs, inputTypes)}
        {panel("variables", "Variables", "Kept while the workflow runs.", variables, variableTypes)}
        <PersonPanel header={header} onChange={(next) => set("person", next)} />
        <VideoPanel header={header} onChange={(next) => set("video", next)} />
      </Stack>
      <Preview inputs={header.inputs} />
    </SimpleGrid>
  );
}

/** The form as those see it who deploy the workflow; what is typed into it goes nowhere. */
function Preview({ inputs }: { inputs: unknown }) {
  const parsed = recordingInputsSchema.safeParse(inputs);
  const [typed, setTyped] = useState<FormValues>({});
  const fields = parsed.success ? inputFields(parsed.data) : [];
  const values = { ...(parsed.success ? initialValues(parsed.data) : {}), ...typed };
  return (
    <Panel title="As deployers see it" description="Try it: nothing of it is kept.">
      {fields.length > 0 ? (
        <InputForm fields={fields} values={values} errors={{}} onChange={(name, value) => setTyped({ ...typed, [name]: value })} />
      ) : (
        <EmptyState title="Nothing is asked" description="Add an input, and its field appears here." />
      )}
    </Panel>
  );
}

import type { WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import { Alert, Anchor, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { type InputField, inputFields, readInputSchema } from "@/features/deployment/input-fields";
import { WorkflowSelect } from "@/features/workflow/workflow-select";
import { useTRPC } from "@/trpc/client";
import { useFormFacts } from "./editor-context.ts";
import { isRecord } from "./model/document.ts";
import { TemplateInput } from "./template-input.tsx";

type Props = { value: Readonly<Record<string, unknown>>; onChange: (value: Record<string, unknown>) => void };

/** Which workflow a step runs, in which version, and what its inputs are given. */
export function SubWorkflowFields({ value, onChange }: Props) {
  const trpc = useTRPC();
  const { errorOf } = useFormFacts();
  const chosen = String(value.workflowId ?? "");
  const own = useQuery(trpc.workflow.get.queryOptions({ id: chosen }, { enabled: chosen !== "", retry: false }));
  const versions = useQuery(trpc.workflow.versions.queryOptions({ id: chosen }, { enabled: chosen !== "", retry: false }));
  const items = versions.data?.items ?? [];
  const version = items.find(({ contentHash }) => contentHash === value.version);
  const latest = latestOf(items);
  const client = useQueryClient();
  // one change, with the version that whoever chooses a workflow means: its latest
  const choose = async (workflowId: string | null) => {
    if (!workflowId || workflowId === chosen) return;
    const { inputs: _, ...rest } = value;
    const found = await client.fetchQuery(trpc.workflow.versions.queryOptions({ id: workflowId })).catch(() => null);
    onChange({ ...rest, workflowId, version: latestOf(found?.items ?? [])?.contentHash ?? "" });
  };
  return (
    <Stack gap="md">
      <WorkflowSelect
        label="Workflow"
        description="One of this project. It runs on the same page, with inputs and variables of its own."
        value={chosen}
        onChange={(workflowId) => void choose(workflowId)}
        error={errorOf("parameters.workflowId") && (own.isError ? "It is not in this project any more." : "Choose one.")}
        allowDeselect={false}
      />
      {chosen !== "" && !versions.isError && (
        <Select
          label="Version"
          data={items.map(({ contentHash, number }) => ({ value: contentHash, label: `Version ${number}` }))}
          value={version?.contentHash ?? null}
          onChange={(contentHash) => contentHash && onChange({ ...value, version: contentHash })}
          placeholder={value.version ? "A version that is not there any more" : "Choose a version"}
          error={errorOf("parameters.version") && "Choose one."}
          allowDeselect={false}
          description={
            version && latest && version.number < latest.number
              ? `Version ${latest.number} is the latest. What runs stays this one until another is chosen.`
              : "What runs stays this one, whatever is saved later."
          }
        />
      )}
      <Group gap="md">
        {latest && latest !== version && (
          <Anchor component="button" type="button" size="sm" onClick={() => onChange({ ...value, version: latest.contentHash })}>
            Take version {latest.number}
          </Anchor>
        )}
        {own.data && (
          <Anchor component={Link} size="sm" href={`/dashboard/workflows/${own.data.id}`} target="_blank">
            Open {own.data.name}
          </Anchor>
        )}
      </Group>
      {version && <SubInputs workflowId={chosen} number={version.number} value={value} onChange={onChange} />}
    </Stack>
  );
}

function latestOf(versions: readonly WorkflowVersionView[]): WorkflowVersionView | undefined {
  return versions.toSorted((a, b) => b.number - a.number)[0];
}

/** The form of the inputs that the version declares; each may hold values of this workflow. */
function SubInputs({ workflowId, number, value, onChange }: Props & { workflowId: string; number: number }) {
  const trpc = useTRPC();
  const { errorOf } = useFormFacts();
  const version = useQuery(
    trpc.workflow.version.queryOptions({ id: workflowId, number }, { staleTime: Number.POSITIVE_INFINITY, retry: false }),
  );
  const fields = inputFields(readInputSchema(version.data?.inputSchema ?? null));
  const given = isRecord(value.inputs) ? value.inputs : {};
  const unknown = Object.keys(given).filter((name) => version.data && !fields.some((field) => field.name === name));
  const set = ({ name, kind }: InputField, text: string) => {
    const { [name]: _, ...rest } = given;
    const inputs = text === "" ? rest : { ...given, [name]: read(kind, text) };
    const { inputs: __, ...others } = value;
    onChange(Object.keys(inputs).length > 0 ? { ...others, inputs } : others);
  };
  if (!version.data) return null;
  return (
    <Stack gap="sm" role="group" aria-label="Inputs of the workflow">
      {fields.length === 0 && (
        <Text size="sm" c="dimmed">
          It takes no inputs.
        </Text>
      )}
      {fields.map((field) => (
        <TemplateInput
          key={field.name}
          label={field.required ? `${field.label} (needed)` : field.label}
          description={
            field.kind === "password" ? "Give it a secret of this workflow, such as {{password}}." : (field.description ?? undefined)
          }
          placeholder={field.options.length > 0 ? field.options.join(", ") : ""}
          value={String(given[field.name] ?? "")}
          onChange={(text) => set(field, text)}
          error={errorOf(`parameters.inputs.${field.name}`)}
        />
      ))}
      {unknown.length > 0 && (
        <Alert color="yellow" variant="light" p="xs" role="status">
          <Text size="xs" mb={4}>
            This version takes no {unknown.map((name) => `“${name}”`).join(", ")}.
          </Text>
          <Anchor
            component="button"
            type="button"
            size="xs"
            onClick={() =>
              onChange({ ...value, inputs: Object.fromEntries(Object.entries(given).filter(([name]) => !unknown.includes(name))) })
            }
          >
            Take it out
          </Anchor>
        </Alert>
      )}
    </Stack>
  );
}

/** Numbers and switches are meant as such; a value of this workflow comes as what it is. */
function read(kind: InputField["kind"], text: string): string | number | boolean {
  if (kind === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (kind === "switch" && (text === "true" || text === "false")) return text === "true";
  return text;
}

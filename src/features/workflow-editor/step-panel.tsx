import { Alert, Code, Collapse, Group, Stack, Switch, Text, Title, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useMemo } from "react";
import { StepIcon } from "@/components/step-icon";
import { FormContext, type FormFacts, useEditor } from "./editor-context.ts";
import { FieldList } from "./field-view.tsx";
import { isRecord, nodeOf, type StepJson } from "./model/document.ts";
import { selectedIds } from "./model/editor-state.ts";
import type { StepIssue } from "./model/issues.ts";
import { fieldsOfStep, stepSettingsFields } from "./model/schema-fields.ts";
import { namesInScope, variablesOf } from "./model/scope-names.ts";
import { catalogKey, findEntry } from "./model/step-catalog.ts";
import { isDisabled } from "./model/step-words.ts";
import { withoutFileNote } from "./model/upload-content.ts";
import { StepActions } from "./step-actions.tsx";
import classes from "./step-form.module.css";
import { SubWorkflowFields } from "./sub-workflow-fields.tsx";
import { StepTrial } from "./trial/step-trial.tsx";

/** The form of the chosen step. */
export function StepPanel() {
  const { state } = useEditor();
  const id = state.selection?.head;
  const chosen = selectedIds(state);
  if (id === undefined || !state.document.nodes[id]) {
    return (
      <Text size="sm" c="dimmed">
        Choose a step to change what it does, or add one.
      </Text>
    );
  }
  return chosen.length > 1 ? <ManySteps ids={chosen} /> : <StepForm key={id} id={id} />;
}

function ManySteps({ ids }: { ids: readonly string[] }) {
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2}>{ids.length} steps</Title>
        <StepActions ids={ids} />
      </Group>
      <Text size="sm" c="dimmed">
        Move, copy, delete or wrap them together. Choose one of them to change what it does.
      </Text>
    </Stack>
  );
}

function StepForm({ id }: { id: string }) {
  const { state, dispatch, issues } = useEditor();
  const { document } = state;
  const node = nodeOf(document, id);
  const { step } = node;
  const found = issues.steps.get(id) ?? noIssues;
  const entry = findEntry(catalogKey(step));
  const fields = fieldsOfStep(step);
  const isCustom = step.type === "customStep";
  const update = (next: StepJson, field: string) => dispatch({ do: "update", id, step: next, field });
  const own = isCustom ? (step.parameters ?? {}) : step;
  const settings = isRecord(step.deskhand) ? step.deskhand : {};
  const setSettings = (next: Record<string, unknown>, field = "deskhand") => {
    const { deskhand: _before, ...rest } = step;
    update(Object.keys(next).length > 0 ? { ...rest, deskhand: next } : rest, field);
  };
  const facts = useMemo<FormFacts>(() => {
    const variables = Object.keys(variablesOf(document));
    return {
      names: namesInScope(document, id),
      variables,
      step: step.name ?? step.type,
      errorOf: (path, deep) => found.find(({ field }) => field === path || (deep && field.startsWith(`${path}[`)))?.message,
      declare: (name) => {
        const type = guessType(step);
        const header = { ...document.header, variables: { ...variablesOf(document), [name]: { type } } };
        dispatch({ do: "header", header, field: `variable ${name}` });
      },
    };
  }, [document, id, step, found, dispatch]);

  return (
    <FormContext value={facts}>
      <Stack gap="md" className={classes.form} onBlur={() => dispatch({ do: "settle" })}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <StepIcon type={step.type} verb={entry?.verb ?? ""} size={18} />
            <Title order={2}>{entry?.label ?? step.type}</Title>
          </Group>
          <StepActions ids={[id]} />
        </Group>
        <Text size="xs" c="dimmed" mt={-10}>
          {entry?.hint ?? "This editor does not know it; it can be changed as JSON."}
        </Text>
        <StepTrial id={id} step={step} />
        <LooseIssues issues={found} />
        {step.name === "deskhand.workflow" && (
          <SubWorkflowFields value={own} onChange={(next) => update({ ...step, parameters: next }, changed(own, next))} />
        )}
        <FieldList
          fields={step.name === "deskhand.workflow" ? fields.filter(({ name }) => !ofSubWorkflow.has(name)) : fields}
          path={isCustom ? "parameters" : ""}
          value={own}
          onChange={(next) => update(withoutFileNote((isCustom ? { ...step, parameters: next } : next) as StepJson), changed(own, next))}
        />
        <Switch
          label="Switched off"
          description="Passed over, with everything inside of it."
          checked={isDisabled(step)}
          onChange={({ currentTarget }) => {
            const { disabled: _before, ...rest } = settings;
            setSettings(currentTarget.checked ? { ...rest, disabled: true } : rest);
          }}
        />
        <Settings hasIssue={found.some(({ field }) => field.startsWith("deskhand"))} used={Object.keys(settings).length}>
          <FieldList
            fields={stepSettingsFields}
            path="deskhand"
            value={settings}
            onChange={(next) => setSettings(next, changed(settings, next))}
          />
        </Settings>
      </Stack>
    </FormContext>
  );
}

/** What {@link SubWorkflowFields} shows. */
const ofSubWorkflow = new Set(["workflowId", "version", "inputs"]);

const noIssues: readonly StepIssue[] = [];

/** Which field differs, so that what is typed into one is undone together. */
function changed(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]).join();
}

function guessType(step: StepJson): string {
  const { kind, all, append } = step.parameters ?? {};
  if (step.name === "deskhand.set") return append ? "list" : "string";
  if (step.name === "deskhand.extract") return kind === "table" || all ? "list" : "string";
  return ["deskhand.http", "deskhand.workflow", "deskhand.download", "deskhand.ai"].includes(step.name ?? "") ? "object" : "string";
}

/** All that is wrong with the step; the same words stand at the fields that there are. */
function LooseIssues({ issues }: { issues: readonly StepIssue[] }) {
  if (issues.length === 0) return null;
  return (
    <Alert color="red" variant="light" p="xs" role="status">
      <Stack gap={2}>
        {issues.map(({ field, message }) => (
          <Text size="xs" key={`${field} ${message}`}>
            {field && <Code>{field.replace(/^parameters\./, "")}</Code>} {message}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

function Settings({ hasIssue, used, children }: { hasIssue: boolean; used: number; children: React.ReactNode }) {
  const [opened, { toggle }] = useDisclosure(hasIssue);
  return (
    <div className={classes.more}>
      <UnstyledButton onClick={toggle} aria-expanded={opened} className={classes.moreButton}>
        <span>Time limit, tries, errors, dialogs, note{used > 0 && ` · ${used} set`}</span>
        <IconChevronDown size={16} aria-hidden style={{ rotate: opened ? "180deg" : "0deg" }} />
      </UnstyledButton>
      <Collapse expanded={opened}>
        <Stack gap="sm" pt="sm">
          {children}
        </Stack>
      </Collapse>
    </div>
  );
}

import { Checkbox, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { WorkflowSelect } from "@/features/workflow/workflow-select";
import type { ScheduleDraft } from "./schedule-draft.ts";

/** An input that what begins a run may set. */
export type SettableInput = { name: string; label: string };

type Props = {
  draft: ScheduleDraft;
  inputs: readonly SettableInput[];
  /** It cannot come after itself. */
  workflowId: string;
  errorOf: (field: string) => string | undefined;
  set: (changes: Partial<ScheduleDraft>) => void;
};

const ends = [
  { value: "success", label: "has succeeded" },
  { value: "failure", label: "has failed" },
  { value: "either", label: "has ended" },
];

/** What begins it, when that is no time: a message, or another workflow's run. */
export function TriggerFields({ draft, inputs, workflowId, errorOf, set }: Props) {
  return (
    <>
      {draft.kind === "after" && <AfterFields draft={draft} workflowId={workflowId} errorOf={errorOf} set={set} />}
      {draft.kind === "webhook" && (
        <NumberInput
          label="At most, in an hour"
          description="The runner begins no more than these, whoever asks"
          min={1}
          max={3600}
          allowDecimal={false}
          value={draft.perHour}
          onChange={(value) => set({ perHour: typeof value === "number" ? value : "" })}
          error={errorOf("perHour")}
        />
      )}
      {inputs.length > 0 && <SetInputs draft={draft} inputs={inputs} errorOf={errorOf} set={set} />}
    </>
  );
}

function AfterFields({ draft, workflowId, errorOf, set }: Omit<Props, "inputs">) {
  return (
    <>
      <WorkflowSelect
        label="After"
        description="A run of it on the same runner"
        value={draft.after}
        except={workflowId}
        nothingFoundMessage="No other workflow of that name"
        onChange={(after) => set({ after })}
        error={errorOf("after")}
      />
      <Select
        label="When it"
        data={ends}
        value={draft.on}
        allowDeselect={false}
        onChange={(on) => on && set({ on: on as ScheduleDraft["on"] })}
      />
      <Checkbox
        label="Only on the profile that it ran on"
        checked={draft.sameProfile}
        onChange={(event) => set({ sameProfile: event.currentTarget.checked })}
      />
    </>
  );
}

function SetInputs({ draft, inputs, errorOf, set }: Omit<Props, "workflowId">) {
  const change = (name: string, path: string | undefined) => {
    const { [name]: _, ...others } = draft.sets;
    set({ sets: path === undefined ? others : { ...others, [name]: path } });
  };
  const error = errorOf("sets");
  return (
    <Stack gap="xs" role="group" aria-label="Inputs that it sets">
      <div>
        <Text size="sm" fw={500}>
          Inputs that it sets
        </Text>
        <Text size="xs" c="dimmed">
          From {draft.kind === "webhook" ? "the message’s JSON" : "what the other run read"}. All others stay as you give them here.
        </Text>
      </div>
      {inputs.map(({ name, label }) => {
        const path = draft.sets[name];
        return (
          <Stack key={name} gap={6}>
            <Checkbox
              label={label}
              checked={path !== undefined}
              onChange={(event) => change(name, event.currentTarget.checked ? name : undefined)}
            />
            {path !== undefined && (
              <TextInput
                ml={28}
                aria-label={`Where the value of ${label} stands`}
                placeholder="order.items[0].name"
                value={path}
                onChange={(event) => change(name, event.currentTarget.value)}
                spellCheck={false}
              />
            )}
          </Stack>
        );
      })}
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}

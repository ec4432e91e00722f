import { Chip, Collapse, Group, NumberInput, Select, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useMemo } from "react";
import { NextTimes } from "./next-times.tsx";
import type { ReadDraft, ScheduleDraft } from "./schedule-draft.ts";
import { missedWords, overlapWords, ruleNames, weekdays } from "./schedule-words.ts";
import { type SettableInput, TriggerFields } from "./trigger-fields.tsx";

const kinds = [
  { value: "now", label: "Now" },
  { value: "once", label: "Once, at a time" },
  { value: "every", label: "Every so often" },
  { value: "daily", label: "On days, at a time" },
  { value: "cron", label: "Cron expression" },
  { value: "start", label: "When the runner starts" },
  { value: "webhook", label: "When a message comes" },
  { value: "after", label: "After another workflow" },
];

type Props = {
  draft: ScheduleDraft;
  read: ReadDraft;
  /** What a trigger may set, and of which workflow. */
  inputs: readonly SettableInput[];
  workflowId: string;
  /** It runs by itself already. */
  isChange?: boolean;
  onChange: (draft: ScheduleDraft) => void;
};

/** When something runs. What is wrong is said as one types, and what comes of it is shown. */
export function ScheduleFields({ draft, read, inputs, workflowId, isChange = false, onChange }: Props) {
  const set = (changes: Partial<ScheduleDraft>) => onChange({ ...draft, ...changes });
  const errorOf = (field: string) => (!read.ok && read.field === field ? read.message : undefined);
  const hasZone = draft.kind === "daily" || draft.kind === "cron";
  return (
    <Stack gap="sm">
      <Select
        label="When"
        data={isChange ? kinds.filter(({ value }) => value !== "now") : kinds}
        value={draft.kind}
        allowDeselect={false}
        onChange={(kind) => kind && set({ kind: kind as ScheduleDraft["kind"] })}
      />
      {draft.kind === "once" && (
        <TextInput
          type="datetime-local"
          label="Day and time"
          description="On this computer's clock"
          value={draft.at}
          onChange={(event) => set({ at: event.currentTarget.value })}
          error={draft.at ? errorOf("at") : undefined}
        />
      )}
      {draft.kind === "every" && (
        <Group gap="xs" align="flex-start" grow wrap="nowrap">
          <NumberInput
            label="Every"
            min={1}
            allowDecimal={false}
            value={draft.every}
            onChange={(value) => set({ every: typeof value === "number" ? value : "" })}
            error={errorOf("every")}
          />
          <Select
            label="Unit"
            data={["minutes", "hours", "days"]}
            value={draft.unit}
            allowDeselect={false}
            onChange={(unit) => unit && set({ unit: unit as ScheduleDraft["unit"] })}
          />
        </Group>
      )}
      {draft.kind === "daily" && (
        <>
          <TextInput
            type="time"
            label="Time"
            value={draft.time}
            onChange={(event) => set({ time: event.currentTarget.value })}
            error={errorOf("time")}
          />
          <Chip.Group multiple value={draft.days.map(String)} onChange={(days) => set({ days: days.map(Number) })}>
            <Group gap={6} role="group" aria-label="Days; none chosen means each day">
              {[1, 2, 3, 4, 5, 6, 0].map((day) => (
                <Chip key={day} value={String(day)} size="xs">
                  {weekdays[day]?.slice(0, 3)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </>
      )}
      {draft.kind === "cron" && (
        <TextInput
          label="Cron expression"
          description="Minute, hour, day of the month, month, day of the week"
          value={draft.cron}
          onChange={(event) => set({ cron: event.currentTarget.value })}
          error={errorOf("cron")}
          spellCheck={false}
        />
      )}
      {hasZone && <ZoneSelect value={draft.timeZone} onChange={(timeZone) => set({ timeZone })} />}
      {(draft.kind === "webhook" || draft.kind === "after") && (
        <TriggerFields draft={draft} inputs={inputs} workflowId={workflowId} errorOf={errorOf} set={set} />
      )}
      {draft.kind !== "now" && read.ok && read.schedule && <NextTimes schedule={read.schedule} times={read.times} />}
      {draft.kind !== "now" && <MoreFields draft={draft} errorOf={errorOf} set={set} startOpen={isChange} />}
    </Stack>
  );
}

function ZoneSelect({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const zones = useMemo(() => [...new Set([value, "UTC", ...Intl.supportedValuesOf("timeZone")])], [value]);
  return (
    <Select
      label="Time zone"
      description="Daylight saving is followed"
      data={zones}
      value={value}
      searchable
      allowDeselect={false}
      limit={60}
      onChange={(zone) => zone && onChange(zone)}
    />
  );
}

const overlaps = Object.entries(overlapWords).map(([value, label]) => ({ value, label }));
const misses = Object.entries(missedWords).map(([value, label]) => ({ value, label }));

type MoreProps = { draft: ScheduleDraft; errorOf: (field: string) => string | undefined; set: (changes: Partial<ScheduleDraft>) => void };

function MoreFields({ draft, errorOf, set, startOpen }: MoreProps & { startOpen: boolean }) {
  const [opened, { toggle }] = useDisclosure(startOpen);
  const hasTimes = draft.kind !== "webhook" && draft.kind !== "after";
  const isOpen = opened || errorOf("jitterSeconds") !== undefined || errorOf("limit") !== undefined;
  const Icon = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <div>
      <UnstyledButton onClick={toggle} aria-expanded={isOpen}>
        <Group gap={4}>
          <Icon size={14} aria-hidden />
          <Text size="sm">{hasTimes ? "Overlaps, missed times, jitter" : "Overlaps"}</Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Stack gap="sm" pt="sm">
          <Select
            label={ruleNames.overlap}
            data={overlaps}
            value={draft.overlap}
            allowDeselect={false}
            onChange={(overlap) => overlap && set({ overlap: overlap as ScheduleDraft["overlap"] })}
          />
          {hasTimes && <TimesFields draft={draft} errorOf={errorOf} set={set} />}
        </Stack>
      </Collapse>
    </div>
  );
}

/** What concerns times that pass: a message and another run's end come when they come. */
function TimesFields({ draft, errorOf, set }: MoreProps) {
  return (
    <>
      <Select
        label={ruleNames.missed}
        data={misses}
        value={draft.missed}
        allowDeselect={false}
        onChange={(missed) => missed && set({ missed: missed as ScheduleDraft["missed"] })}
      />
      {draft.missed === "catch-up" && (
        <NumberInput
          label="At most"
          min={1}
          max={100}
          allowDecimal={false}
          value={draft.limit}
          onChange={(value) => set({ limit: typeof value === "number" ? value : "" })}
          error={errorOf("limit")}
        />
      )}
      <NumberInput
        label="Begin up to this much later"
        description="Each time by another part of it, so that many do not begin in the same second"
        suffix=" s"
        min={0}
        max={3600}
        allowDecimal={false}
        value={draft.jitterSeconds}
        onChange={(value) => set({ jitterSeconds: typeof value === "number" ? value : "" })}
        error={errorOf("jitterSeconds")}
      />
    </>
  );
}

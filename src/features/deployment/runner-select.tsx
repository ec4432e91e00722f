import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Group, Select, Text } from "@mantine/core";
import { StatusDot } from "@/components/status-badge";

type Props = { runners: readonly RunnerView[]; value: string | null; onChange: (id: string) => void };

/** Which computer does it. One that is offline may be chosen: the run waits for it. */
export function RunnerSelect({ runners, value, onChange }: Props) {
  const chosen = runners.find((runner) => runner.id === value);
  return (
    <div>
      <Select
        label="Runner"
        data={runners.map((runner) => ({ value: runner.id, label: runner.name }))}
        value={value}
        onChange={(id) => id && onChange(id)}
        allowDeselect={false}
        searchable={runners.length > 8}
        leftSection={chosen && <StatusDot tone={chosen.online ? "good" : "idle"} />}
        renderOption={({ option }) => {
          const runner = runners.find((candidate) => candidate.id === option.value);
          return (
            <Group gap={8} wrap="nowrap">
              <StatusDot tone={runner?.online ? "good" : "idle"} />
              <span>{option.label}</span>
              {!runner?.online && (
                <Text span size="xs" c="dimmed">
                  offline
                </Text>
              )}
            </Group>
          );
        }}
      />
      {chosen && !chosen.online && (
        <Text size="sm" c="dimmed" mt={6} role="status">
          {chosen.name} is offline. The run waits and starts by itself when it is back.
        </Text>
      )}
    </div>
  );
}

import type { RunStepView } from "@deskhand/shared/schemas/run";
import { Anchor, ScrollArea, Table, Text } from "@mantine/core";
import { changeWords, type StepPair } from "./compare-logic.ts";
import classes from "./compare-page.module.css";
import { formatDuration } from "./duration.ts";

const stateWords: Record<RunStepView["state"], string> = {
  pending: "Not reached",
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  skipped: "Skipped",
};

type Props = { pairs: StepPair[]; chosen: number /** -1 when there is none. */; first: number; onChoose: (index: number) => void };

/** The steps of both runs, one row for each; the row that is chosen has its pictures below. */
export function CompareSteps({ pairs, chosen, first, onChoose }: Props) {
  return (
    <ScrollArea.Autosize mah={520} type="auto" viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Steps of both runs" }}>
      <Table aria-label="Steps side by side" stickyHeader miw={560} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={48}>Row</Table.Th>
            <Table.Th>Step</Table.Th>
            <Table.Th>First run</Table.Th>
            <Table.Th>Second run</Table.Th>
            <Table.Th ta="end">Change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pairs.map((pair, index) => {
            const step = pair.a ?? pair.b;
            return (
              <Table.Tr
                // biome-ignore lint/suspicious/noArrayIndexKey: the rows are made anew with the runs, and never move
                key={index}
                className={classes.step}
                data-different={pair.isDifferent || undefined}
                data-chosen={index === chosen || undefined}
              >
                <Table.Td className={classes.number}>{index + 1}</Table.Td>
                <Table.Td style={{ paddingInlineStart: `${0.625 + Math.min(step?.depth ?? 0, 6) * 0.875}rem` }}>
                  <Anchor
                    component="button"
                    type="button"
                    size="sm"
                    ta="start"
                    aria-pressed={index === chosen}
                    onClick={() => onChoose(index)}
                  >
                    {step?.verb} {step?.target}
                  </Anchor>
                  {index === first && (
                    <Text size="xs" className={classes.first}>
                      First difference
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <End step={pair.a} />
                </Table.Td>
                <Table.Td>
                  <End step={pair.b} />
                </Table.Td>
                <Table.Td ta="end" className={classes.number}>
                  {changeWords(pair.a?.durationMs, pair.b?.durationMs) ?? "–"}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

function End({ step }: { step: RunStepView | null }) {
  if (!step) {
    return (
      <Text size="sm" c="dimmed">
        Not in this version
      </Text>
    );
  }
  return (
    <div className={classes.end} data-state={step.state}>
      {stateWords[step.state]}
      {step.turns > 1 && ` × ${step.turns}`}
      {step.durationMs !== null && <span className={classes.time}>{formatDuration(step.durationMs)}</span>}
    </div>
  );
}

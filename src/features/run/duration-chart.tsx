"use client";

import type { RunInsights } from "@deskhand/shared/schemas/run-insights";
import { LineChart } from "@mantine/charts";
import { ScrollArea, Table } from "@mantine/core";
import { formatDuration } from "./duration.ts";
import { dayLabel, daysBetween } from "./heat-map-logic.ts";

/** p50 and p95 of durations by day as lines, and as a table for whoever wants the numbers or cannot see the lines. */
export function DurationChart({ insights: { from, to, days } }: { insights: RunInsights }) {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const data = daysBetween(from, to).map((day) => ({
    day: dayLabel(day),
    p50: byDay.get(day)?.p50 ?? null,
    p95: byDay.get(day)?.p95 ?? null,
  }));
  return (
    <>
      <div aria-hidden>
        <LineChart
          h={240}
          data={data}
          dataKey="day"
          series={[
            { name: "p50", color: "iris.5" },
            { name: "p95", color: "orange.5" },
          ]}
          curveType="linear"
          withDots
          withLegend
          legendProps={{ verticalAlign: "bottom", height: 32, itemSorter: null }}
          connectNulls
          strokeWidth={1.75}
          valueFormatter={formatDuration}
          xAxisProps={{ minTickGap: 32 }}
          // the axis begins at none at all, which is not the same as less than can be told
          yAxisProps={{ width: 72, tickCount: 4, tickFormatter: (ms: number) => (ms === 0 ? "0 s" : formatDuration(ms)) }}
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <ScrollArea.Autosize mah={240} mt="sm" viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Durations by day, numbers" }}>
        <Table aria-label="Durations by day" fz="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Day</Table.Th>
              <Table.Th>Succeeded</Table.Th>
              <Table.Th>p50</Table.Th>
              <Table.Th>p95</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.toReversed().map((day) => (
              <Table.Tr key={day.day}>
                <Table.Td>{dayLabel(day.day)}</Table.Td>
                <Table.Td>{day.succeeded}</Table.Td>
                <Table.Td>{day.p50 === null ? "–" : formatDuration(day.p50)}</Table.Td>
                <Table.Td>{day.p95 === null ? "–" : formatDuration(day.p95)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </>
  );
}

"use client";

import type { RelayFigures } from "@deskhand/shared/schemas/relay-figures";
import { LineChart } from "@mantine/charts";
import { Button, Collapse, Paper, ScrollArea, Table, Text, Title, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useId } from "react";
import classes from "./figure-chart.module.css";
import { type Chart, readable, summaryOf, timeLabel } from "./figure-words.ts";

/** One chart with its numbers in words, and as a table for whoever wants them or cannot see the lines. */
export function FigureChart({ chart, figures }: { chart: Chart; figures: RelayFigures }) {
  const { title, description, unit, lines } = chart;
  const { points, span } = figures;
  const [opened, { toggle }] = useDisclosure(false);
  const [headingId, tableId] = [useId(), useId()];
  const summary = summaryOf(chart, points);
  const knownPoints = points.filter(({ figures: counted }) => counted && lines.some(({ read }) => read(counted) !== null)).length;
  const data = points.map(({ at, figures: counted }) => ({
    time: timeLabel(at, span),
    ...Object.fromEntries(lines.map(({ label, read }) => [label, counted ? read(counted) : null])),
  }));
  return (
    <Paper component="section" aria-labelledby={headingId} className={classes.chart}>
      <Title order={2} id={headingId} className={classes.title}>
        {title}
      </Title>
      <Text size="sm" c="dimmed">
        {description}
      </Text>
      <Text size="sm" mt={4} mb="sm">
        {summary}
      </Text>
      {knownPoints > 0 ? (
        // the words above and the table below say what it shows
        <div aria-hidden className={classes.lines}>
          <LineChart
            h={200}
            data={data}
            dataKey="time"
            series={lines.map(({ label, color }) => ({ name: label, color }))}
            curveType="linear"
            // a point without neighbours is no line
            withDots={knownPoints < 10}
            withLegend={lines.length > 1}
            legendProps={{ verticalAlign: "bottom", height: 32, itemSorter: null }}
            connectNulls={false}
            strokeWidth={1.75}
            valueFormatter={(value) => readable(value, unit)}
            xAxisProps={{ minTickGap: 48 }}
            yAxisProps={{ width: 60, tickCount: 4, allowDecimals: unit === "seconds" }}
            lineProps={{ isAnimationActive: false }}
            lineChartProps={{ accessibilityLayer: false }}
          />
        </div>
      ) : (
        <div className={classes.nothing}>
          <Text size="sm" c="dimmed">
            Nothing to draw yet. A point is added with each minute.
          </Text>
        </div>
      )}
      <Button variant="subtle" color="gray" size="compact-xs" mt="xs" onClick={toggle} aria-expanded={opened} aria-controls={tableId}>
        {opened ? "Hide numbers" : "Show numbers"}
        <VisuallyHidden> of {title}</VisuallyHidden>
      </Button>
      <Collapse expanded={opened} id={tableId}>
        {opened && (
          <ScrollArea.Autosize mah={240} viewportProps={{ tabIndex: 0, role: "region", "aria-label": `Numbers of ${title}` }}>
            <Table aria-label={title} fz="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Time</Table.Th>
                  {lines.map(({ label }) => (
                    <Table.Th key={label}>{label}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {points.toReversed().map(({ at, figures: counted }) => (
                  <Table.Tr key={at}>
                    <Table.Td>{timeLabel(at, span)}</Table.Td>
                    {lines.map(({ label, read }) => (
                      <Table.Td key={label}>{readable(counted ? read(counted) : null, unit)}</Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea.Autosize>
        )}
      </Collapse>
    </Paper>
  );
}

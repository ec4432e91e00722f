"use client";

import type { RunInsights } from "@deskhand/shared/schemas/run-insights";
import { Anchor, ScrollArea, VisuallyHidden } from "@mantine/core";
import Link from "next/link";
import { useEffect, useRef } from "react";
import classes from "./heat-map.module.css";
import { cellWords, dayLabel, daysBetween, heatRows, heatTone } from "./heat-map-logic.ts";

/** How the runs of each workflow ended, day by day; each cell says it in numbers too. */
export function HeatMap({ insights }: { insights: RunInsights }) {
  const days = daysBetween(insights.from, insights.to);
  const viewport = useRef<HTMLDivElement>(null);
  // where there is no room for all days, the last ones are what people look for
  // biome-ignore lint/correctness/useExhaustiveDependencies: other days are the reason to move
  useEffect(() => viewport.current?.scrollTo({ left: viewport.current.scrollWidth }), [insights.from]);
  // a label for each day has no room where there are many
  const every = Math.ceil(days.length / 10);
  return (
    <ScrollArea
      type="auto"
      offsetScrollbars="x"
      viewportRef={viewport}
      viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Success by workflow and day, table" }}
    >
      <table className={classes.map} aria-label="Success by workflow and day">
        <thead>
          <tr>
            <th scope="col" className={classes.name}>
              Workflow
            </th>
            {days.map((day, index) => (
              <th key={day} scope="col" className={classes.day}>
                {(days.length - 1 - index) % every === 0 ? (
                  <span className={classes.label}>{dayLabel(day)}</span>
                ) : (
                  <VisuallyHidden>{dayLabel(day)}</VisuallyHidden>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {heatRows(insights).map((row) => (
            <tr key={row.workflowId}>
              <th scope="row" className={classes.name}>
                <Anchor component={Link} href={`/dashboard/workflows/${row.workflowId}`} size="sm" c="inherit">
                  {row.workflowName}
                </Anchor>
              </th>
              {row.cells.map((cell, index) => {
                const day = days[index] ?? "";
                const words = cell ? `${dayLabel(day)}: ${cellWords(cell)}` : `${dayLabel(day)}: no runs`;
                const count = cell ? cell.succeeded + cell.failed : 0;
                return (
                  <td key={day} title={words}>
                    <span className={classes.cell} data-tone={heatTone(cell?.rate ?? null)} data-empty={!cell || undefined}>
                      <span aria-hidden>{count > 0 ? (count > 999 ? "…" : count) : ""}</span>
                      <VisuallyHidden>{words}</VisuallyHidden>
                    </span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}

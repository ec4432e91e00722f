"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { formatBytes } from "./artifact-content.ts";
import { kindLabels, type NetworkRow, statusWords, waterfallOf } from "./network-rows.ts";
import classes from "./run-network.module.css";

const rowHeight = 36;
const columns = ["Request", "Status", "Kind", "Step", "Size", "Time", "Waterfall"] as const;

type Props = {
  rows: NetworkRow[];
  /** What a step is called. */
  numberOf: (step: number) => string;
  chosen: NetworkRow | null;
  onChoose: (row: NetworkRow) => void;
};

/** The requests as a table of which only the rows in sight are in the page. */
export function NetworkList({ rows, numberOf, chosen, onChoose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 });
  const placeOf = waterfallOf(rows);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled box must be reachable by keyboard
    <section ref={box} className={classes.rows} tabIndex={0} aria-label="Requests, table">
      <table className={classes.table} aria-label="Requests" aria-rowcount={rows.length + 1}>
        <thead className={classes.head}>
          <tr className={classes.columns}>
            {columns.map((column) => (
              <th key={column} data-column={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const isChosen = row.index === chosen?.index;
            return (
              <tr
                key={row.index}
                aria-rowindex={index + 2}
                className={`${classes.columns} ${classes.row}`}
                data-chosen={isChosen || undefined}
                data-problem={row.isProblem || undefined}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              >
                <Cells
                  row={row}
                  step={row.step === null ? "–" : numberOf(row.step)}
                  place={placeOf(row)}
                  isChosen={isChosen}
                  onChoose={() => onChoose(row)}
                />
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

type CellsProps = {
  row: NetworkRow;
  step: string;
  place: { left: number; wait: number; receive: number };
  isChosen: boolean;
  onChoose: () => void;
};

function Cells({ row, step, place, isChosen, onChoose }: CellsProps) {
  const { request, time } = row.entry;
  return (
    <>
      <td data-column="Request">
        <button type="button" className={classes.name} aria-expanded={isChosen} onClick={onChoose} title={request.url}>
          <span className={classes.method}>{request.method}</span> {row.name} <span className={classes.host}>{row.host}</span>
        </button>
      </td>
      <td data-column="Status">{statusWords(row.entry)}</td>
      <td data-column="Kind">{kindLabels[row.kind]}</td>
      <td data-column="Step">{step}</td>
      <td data-column="Size">{row.bytes === null ? "–" : formatBytes(row.bytes)}</td>
      <td data-column="Time">{formatMs(time)}</td>
      <td data-column="Waterfall" aria-label={`Begins after ${formatMs(row.start)}`}>
        <span className={classes.track}>
          <span className={classes.wait} style={{ left: `${place.left}%`, width: `${place.wait}%` }} />
          <span className={classes.receive} style={{ left: `${place.left + place.wait}%`, width: `${place.receive}%` }} />
        </span>
      </td>
    </>
  );
}

/** 4 ms, 340 ms, 1.24 s. */
export function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

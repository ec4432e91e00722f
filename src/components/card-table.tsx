import { Paper, Skeleton, Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./card-table.module.css";

type Props = {
  /** What the table lists, for people who cannot see it. */
  label: string;
  /** Column headings; an empty one is for the row's buttons and is read as "Actions". */
  columns: string[];
  /** Rows of `CardTable.Row` with as many `CardTable.Cell`s as there are columns. */
  children: ReactNode;
  /** While the first answer is awaited, rows of skeletons of the same height. */
  loading?: boolean;
  /** Without a border of its own, for use inside a panel: it begins and ends where the panel's words do. */
  plain?: boolean;
  /** How many lines a row's first cell has, for the rows of skeletons. */
  lines?: 1 | 2;
};

/** A table that becomes a list of cards at phone width: each cell is then labelled with its column. */
export function CardTable({ label, columns, children, loading, plain, lines = 1 }: Props) {
  return (
    <Paper withBorder={!plain} className={classes.frame} data-plain={plain || undefined}>
      <Table className={classes.table} aria-label={label} aria-busy={loading || undefined}>
        <Table.Thead className={classes.head}>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{column || <span className={classes.hidden}>Actions</span>}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{loading ? <LoadingRows columns={columns} lines={lines} /> : children}</Table.Tbody>
      </Table>
    </Paper>
  );
}

function LoadingRows({ columns, lines }: { columns: string[]; lines: 1 | 2 }) {
  return ["a", "b", "c"].map((row) => (
    <Table.Tr key={row} className={classes.row}>
      {columns.map((column, index) => (
        <Table.Td key={column} className={classes.cell}>
          <Skeleton height={14} my={index === 0 && lines === 2 ? 13 : 6} width={index === 0 ? "60%" : "40%"} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}

function Row({ children }: { children: ReactNode }) {
  return <Table.Tr className={classes.row}>{children}</Table.Tr>;
}

type CellProps = {
  /** Repeats the column's heading on a phone; leave it out for the cell that names the row, for a corner and for buttons. */
  label?: string;
  children: ReactNode;
  align?: "right";
  /** On a phone, it stands beside the row's name: for the row's state. */
  corner?: boolean;
};

function Cell({ label, children, align, corner }: CellProps) {
  return (
    <Table.Td className={classes.cell} data-label={label} data-align={align} data-corner={corner || undefined}>
      {children}
    </Table.Td>
  );
}

CardTable.Row = Row;
CardTable.Cell = Cell;

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
  /** Without a border of its own, for use inside a panel. */
  plain?: boolean;
};

/** A table that becomes a list of cards at phone width: each cell is then labelled with its column. */
export function CardTable({ label, columns, children, loading, plain }: Props) {
  return (
    <Paper withBorder={!plain} className={classes.frame}>
      <Table className={classes.table} aria-label={label} aria-busy={loading || undefined}>
        <Table.Thead className={classes.head}>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{column || <span className={classes.hidden}>Actions</span>}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{loading ? <LoadingRows columns={columns} /> : children}</Table.Tbody>
      </Table>
    </Paper>
  );
}

function LoadingRows({ columns }: { columns: string[] }) {
  return ["a", "b", "c"].map((row) => (
    <Table.Tr key={row} className={classes.row}>
      {columns.map((column, index) => (
        <Table.Td key={column} className={classes.cell}>
          <Skeleton height={14} my={5} width={index === 0 ? "60%" : "40%"} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}

function Row({ children }: { children: ReactNode }) {
  return <Table.Tr className={classes.row}>{children}</Table.Tr>;
}

/** `label` repeats the column's heading on a phone; leave it out for the cell that names the row and for buttons. */
function Cell({ label, children, align }: { label?: string; children: ReactNode; align?: "right" }) {
  return (
    <Table.Td className={classes.cell} data-label={label} data-align={align}>
      {children}
    </Table.Td>
  );
}

CardTable.Row = Row;
CardTable.Cell = Cell;

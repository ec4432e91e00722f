import { DataList } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./facts.module.css";

/** Names and values under each other, for what one thing is. */
export function Facts({ items, divided }: { items: { label: string; value: ReactNode }[]; divided?: boolean }) {
  return (
    <DataList labelWidth="9rem" withDivider={divided}>
      {items.map(({ label, value }) => (
        <DataList.Item key={label} className={classes.item}>
          <DataList.ItemLabel>{label}</DataList.ItemLabel>
          <DataList.ItemValue className={classes.value}>{value}</DataList.ItemValue>
        </DataList.Item>
      ))}
    </DataList>
  );
}

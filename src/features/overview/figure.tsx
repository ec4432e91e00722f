import { Anchor, Paper, Skeleton, Text } from "@mantine/core";
import Link from "next/link";
import classes from "./overview.module.css";

type Props = { label: string; value: string | undefined; note?: string | undefined; href: string };

/** One number with its name; a skeleton of the same size while it is not known. */
export function Figure({ label, value, note, href }: Props) {
  return (
    <Paper p="md">
      <Anchor component={Link} href={href} size="sm" c="dimmed">
        {label}
      </Anchor>
      {value === undefined ? <Skeleton height={26} width={72} my={5} /> : <div className={classes.number}>{value}</div>}
      <Text size="xs" c="dimmed" mih={18}>
        {note}
      </Text>
    </Paper>
  );
}

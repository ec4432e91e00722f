import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import { countWords } from "@/components/count-words";
import classes from "./proxy-list.module.css";

type Props = { id: string; profiles: number; pools?: number };

/** What names a proxy or a pool, and the way to it. */
export function UsedBy({ id, profiles, pools = 0 }: Props) {
  if (profiles + pools === 0) {
    return (
      <Text size="sm" c="dimmed" component="span">
        Nothing
      </Text>
    );
  }
  return (
    <div className={classes.uses}>
      {profiles > 0 && (
        <Anchor component={Link} href={`/dashboard/profiles?through=${id}`} size="sm" className={classes.figure}>
          {countWords(profiles, "profile")}
        </Anchor>
      )}
      {pools > 0 && (
        <Anchor component={Link} href="/dashboard/proxies?tab=pools" size="sm" className={classes.figure}>
          {countWords(pools, "pool")}
        </Anchor>
      )}
    </div>
  );
}

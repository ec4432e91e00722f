import { Anchor, ScrollArea } from "@mantine/core";
import Link from "next/link";
import classes from "./profile-table.module.css";

const most = 100;

type Props = {
  items: readonly { id: string; name: string; why: string }[];
  /** Each leads to its page; not in a dialog, which would be left by that. */
  linked?: boolean;
};

/** Profiles to which something could not be done, each with why; nothing when there are none. */
export function FailureList({ items, linked = true }: Props) {
  if (items.length === 0) return null;
  return (
    <ScrollArea.Autosize mah={180} tabIndex={0} aria-label="Which could not be">
      <ul className={classes.failures}>
        {items.slice(0, most).map(({ id, name, why }) => (
          <li key={id}>
            {linked ? (
              <Anchor component={Link} href={`/dashboard/profiles/${id}`} prefetch={false} size="sm" underline="always">
                {name}
              </Anchor>
            ) : (
              name
            )}
            : {why}
          </li>
        ))}
        {items.length > most && <li>and {(items.length - most).toLocaleString("en")} more</li>}
      </ul>
    </ScrollArea.Autosize>
  );
}

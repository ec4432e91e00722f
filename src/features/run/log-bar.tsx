import { Chip, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import classes from "./run-log.module.css";

type Filter = { search: string; errorsOnly: boolean };
type Props = {
  /** Of the search. */
  label: string;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  /** What the step is called whose lines alone are shown; null for all. */
  step: string | null;
  onShowAll: () => void;
};

/** Narrows lines by text, to what went wrong, and to a step. */
export function LogBar({ label, filter, onFilter, step, onShowAll }: Props) {
  return (
    <div className={classes.bar}>
      <TextInput
        type="search"
        size="sm"
        className={classes.search}
        aria-label={label}
        placeholder="Search"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={filter.search}
        onChange={(event) => onFilter({ ...filter, search: event.currentTarget.value })}
      />
      <Chip size="sm" checked={filter.errorsOnly} onChange={(errorsOnly) => onFilter({ ...filter, errorsOnly })}>
        Problems only
      </Chip>
      {step !== null && (
        <Chip size="sm" checked onChange={onShowAll}>
          Step {step} only
        </Chip>
      )}
    </div>
  );
}

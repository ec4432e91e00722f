import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";

export type Named = { id: string; name: string };
type Props = {
  label: string;
  any: string;
  value: string | undefined;
  onChange: (value: string | null) => void;
  /** A hook: those that the words find, the first of however many; all without words. Undefined while they are on their way. */
  useFound: (search: string | undefined) => readonly Named[] | undefined;
  /** A hook: what is chosen, which need not be among those. */
  useChosen: (id: string | undefined) => Named | undefined;
};

/** A filter by one of thousands: they are searched on the server while one types. */
export function SearchedFilter({ label, any, value, onChange, useFound, useChosen }: Props) {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 200);
  const chosen = useChosen(value);
  // the field shows the name of what is chosen: that is nothing that somebody searches for
  const found = useFound(search === "" || search === chosen?.name ? undefined : search.slice(0, 80));
  const isListed = value === undefined || found?.some(({ id }) => id === value);
  const items = isListed ? (found ?? []) : [{ id: value, name: chosen?.name ?? "Chosen before" }, ...(found ?? [])];
  return (
    <Select
      aria-label={label}
      placeholder={any}
      data={items.map(({ id, name }) => ({ value: id, label: name }))}
      value={value ?? null}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // the server has searched
      filter={({ options }) => options}
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      nothingFoundMessage={found === undefined ? "Searching …" : "Nothing of that name"}
      comboboxProps={{ width: "max-content", position: "bottom-start", middlewares: { shift: true, flip: true } }}
    />
  );
}

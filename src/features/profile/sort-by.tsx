import { ActionIcon, Group, Select } from "@mantine/core";
import { IconSortAscending, IconSortDescending } from "@tabler/icons-react";
import { columnNames, columns } from "./columns.tsx";
import { type ProfileListView, usualDirection } from "./profile-view.ts";

type Props = { view: ProfileListView; onView: (view: ProfileListView) => void };

const choices = [
  { value: "name", label: "Sort by name" },
  ...columnNames.flatMap((name) => {
    const { sort, label } = columns[name];
    return sort ? [{ value: sort, label: `Sort by ${label.toLowerCase()}` }] : [];
  }),
];

/** By what the list is sorted, and which way: for a phone, whose table has no header to do it with. */
export function SortBy({ view, onView }: Props) {
  // those that were deleted have an order of their own
  if (view.deleted) return null;
  const isUp = view.direction === "asc";
  const Arrow = isUp ? IconSortAscending : IconSortDescending;
  return (
    <Group hiddenFrom="sm" gap="0.25rem" wrap="nowrap">
      <Select
        aria-label="Sort by"
        data={choices}
        value={view.sort}
        onChange={(chosen) => {
          const sort = chosen as ProfileListView["sort"];
          onView({ ...view, sort, direction: usualDirection(sort) });
        }}
        allowDeselect={false}
        flex={1}
        miw={0}
        comboboxProps={{ width: "max-content", position: "bottom-start", middlewares: { shift: true, flip: true } }}
      />
      <ActionIcon
        variant="default"
        size={36}
        aria-label={isUp ? "Sorted upwards: sort downwards" : "Sorted downwards: sort upwards"}
        onClick={() => onView({ ...view, direction: isUp ? "desc" : "asc" })}
      >
        <Arrow size={17} />
      </ActionIcon>
    </Group>
  );
}

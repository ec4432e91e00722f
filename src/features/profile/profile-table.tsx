// biome-ignore-all lint/a11y/useSemanticElements: rows that are only there while they are in sight are no rows of a table element
"use client";

import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { Checkbox, VisuallyHidden } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useNow } from "@/components/time-ago";
import { useDocumentTop } from "@/components/use-document-top";
import { type ColumnName, columns } from "./columns.tsx";
import { fittingColumns } from "./fitting-columns.ts";
import { ProfileRow, WaitingRow } from "./profile-row.tsx";
import classes from "./profile-table.module.css";
import type { ProfileListView } from "./profile-view.ts";
import { rowClick } from "./row-click.ts";
import { isSelected, type Selection, selectedCount } from "./selection.ts";
import { PAGE, type ProfileRows } from "./use-profile-rows.ts";
import type { TableKeys } from "./use-table-keys.ts";

type Props = {
  rows: ProfileRows;
  shownColumns: readonly ColumnName[];
  view: ProfileListView;
  onSort: (sort: ProfileListView["sort"]) => void;
  onShown: (shown: { first: number; last: number }) => void;
  selection: Selection;
  keys: TableKeys;
  onSelectAll: () => void;
  /** A link of a row was clicked as one goes to it in the same tab. */
  onFollow: (href: string) => void;
  menuOf: (profile: ProfileView) => ReactNode;
};

/** Rows of one height each, of which only those in sight are there: ten thousand are as smooth as ten. A row is a card on a phone. */
export function ProfileTable({ rows, shownColumns: wanted, view, onSort, onShown, selection, keys, onSelectAll, onFollow, menuOf }: Props) {
  const isPhone = useMediaQuery("(max-width: 47.99em)") ?? false;
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const shownColumns = useMemo(() => {
    if (isPhone || width === 0) return wanted;
    const rem = width / Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    return wanted.slice(
      0,
      fittingColumns(
        wanted.map((name) => columns[name].width),
        rem,
      ),
    );
  }, [wanted, isPhone, width]);
  const body = useRef<HTMLDivElement>(null);
  const top = useDocumentTop(body);
  const height = isPhone ? 104 : 48;
  const virtualizer = useWindowVirtualizer({ count: rows.count, estimateSize: () => height, overscan: 12, scrollMargin: top });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when rows get another height
  useEffect(() => virtualizer.measure(), [height]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  // told by the page and not by the row: what is around the table is not drawn anew while one scrolls
  const [from, to] = [first - (first % PAGE), last - (last % PAGE)];
  useEffect(() => onShown({ first: from, last: to }), [from, to, onShown]);
  const { cursor } = keys;
  useEffect(() => {
    if (cursor !== null) virtualizer.scrollToIndex(cursor, { align: "auto" });
  }, [cursor, virtualizer]);
  const now = useNow();
  const [menuAt, setMenuAt] = useState<number | null>(null);
  // a menu that was scrolled out of sight is over
  const isMenuGone = menuAt !== null && (menuAt < first || menuAt > last);
  useEffect(() => {
    if (isMenuGone) setMenuAt(null);
  }, [isMenuGone]);
  const onClick = (event: MouseEvent) => {
    const click = rowClick(event);
    const profile = click && rows.row(click.index);
    if (!click || !profile) return;
    if (click.kind === "menu") setMenuAt(click.index);
    else if (click.kind === "pick") keys.onPick(click.index, profile.id, click);
    else {
      event.preventDefault();
      onFollow(click.href);
    }
  };
  const chosen = selectedCount(selection, rows.count);
  const style = { "--columns": shownColumns.map((name) => columns[name].width).join(" ") } as React.CSSProperties;

  return (
    <div
      ref={frame}
      role="grid"
      aria-label="Profiles"
      aria-rowcount={rows.count + 1}
      aria-multiselectable
      aria-activedescendant={cursor === null ? undefined : `profile-row-${cursor}`}
      tabIndex={0}
      className={classes.frame}
      style={style}
      onKeyDown={keys.onKeyDown}
    >
      <div role="row" aria-rowindex={1} className={classes.head} tabIndex={-1}>
        <div role="columnheader" tabIndex={-1} className={classes.check}>
          <Checkbox
            size="xs"
            aria-label="Select all"
            checked={chosen > 0 && chosen === rows.count}
            indeterminate={chosen > 0 && chosen < rows.count}
            onChange={onSelectAll}
          />
        </div>
        <SortHead label="Profile" sort="name" view={view} onSort={onSort} />
        {shownColumns.map((name) => (
          <SortHead key={name} label={columns[name].label} sort={columns[name].sort} view={view} onSort={onSort} />
        ))}
        <div role="columnheader" tabIndex={-1}>
          <VisuallyHidden>Actions</VisuallyHidden>
        </div>
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it has the keys */}
      <div role="rowgroup" ref={body} className={classes.body} style={{ height: virtualizer.getTotalSize() }} onClick={onClick}>
        {items.map((item) => {
          const profile = rows.row(item.index);
          const at = item.start - virtualizer.options.scrollMargin;
          if (!profile) return <WaitingRow key={item.key} top={at} height={height} />;
          return (
            <ProfileRow
              key={item.key}
              index={item.index}
              top={at}
              height={height}
              profile={profile}
              shownColumns={shownColumns}
              selected={isSelected(selection, profile.id)}
              isCursor={cursor === item.index}
              now={now}
              menu={menuAt === item.index ? menuOf(profile) : null}
            />
          );
        })}
      </div>
    </div>
  );
}

type HeadProps = { label: string; sort: ProfileListView["sort"] | undefined; view: ProfileListView; onSort: Props["onSort"] };

function SortHead({ label, sort, view, onSort }: HeadProps) {
  if (!sort || view.deleted) {
    return (
      <div role="columnheader" tabIndex={-1}>
        {label}
      </div>
    );
  }
  const active = view.sort === sort;
  const Arrow = view.direction === "asc" ? IconArrowUp : IconArrowDown;
  return (
    <div role="columnheader" tabIndex={-1} aria-sort={active ? (view.direction === "asc" ? "ascending" : "descending") : "none"}>
      <button type="button" className={classes.sort} data-active={active || undefined} onClick={() => onSort(sort)}>
        {label}
        {active && <Arrow size={12} aria-hidden />}
      </button>
    </div>
  );
}

import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { StepIcon } from "@/components/step-icon";
import { type CatalogEntry, stepCatalog } from "./model/step-catalog.ts";
import classes from "./step-palette.module.css";

type Props = { onAdd: (entry: CatalogEntry) => void };

/** Every kind of step: a click adds it after the chosen one, or it is dragged to its place. */
export function StepPalette({ onAdd }: Props) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const groups = stepCatalog
    .map(({ title, entries }) => ({
      title,
      entries: entries.filter(({ label, hint }) => `${label} ${hint}`.toLowerCase().includes(wanted)),
    }))
    .filter(({ entries }) => entries.length > 0);
  return (
    <div className={classes.palette}>
      <TextInput
        type="search"
        size="xs"
        aria-label="Search steps to add"
        placeholder="Search"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = groups[0]?.entries ?? [];
          if (event.key === "Enter" && first) onAdd(first);
        }}
      />
      {groups.map(({ title, entries }) => (
        <section key={title} aria-label={title}>
          <div className={classes.title} aria-hidden>
            {title}
          </div>
          <ul className={classes.list}>
            {entries.map((entry) => (
              <li key={entry.key}>
                <Entry entry={entry} onAdd={onAdd} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {groups.length === 0 && <p className={classes.nothing}>No step is called that.</p>}
    </div>
  );
}

function Entry({ entry, onAdd }: Props & { entry: CatalogEntry }) {
  const element = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (element.current) return draggable({ element: element.current, getInitialData: () => ({ entry: entry.key }) });
  }, [entry.key]);
  return (
    <UnstyledButton ref={element} className={classes.entry} onClick={() => onAdd(entry)} title={entry.hint}>
      <StepIcon type={entry.key} verb={entry.verb} />
      <span>{entry.label}</span>
    </UnstyledButton>
  );
}

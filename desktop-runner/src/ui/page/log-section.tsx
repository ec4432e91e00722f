/** @jsxImportSource preact */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RunnerLogLine } from "../../log/runner-log.ts";
import { Empty, Section } from "./parts.tsx";
import { clock } from "./words.ts";

const filters = { all: "Everything", warn: "Warnings and errors", error: "Errors only" };
type Filter = keyof typeof filters;

/** What the runner says of itself, as it says it. */
export function LogSection({ lines }: { lines: RunnerLogLine[] }) {
  const [filter, setFilter] = useState<Filter>("all");
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const shown = lines.filter(({ level }) => filter === "all" || level === "error" || level === filter);
  useLayoutEffect(() => {
    // who has scrolled up to read stays there
    if (list.current && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [shown.at(-1)?.seq, filter]);
  return (
    <Section id="log" title="Log" note="Of the runner itself. The log of a run is on the run's page in the dashboard.">
      <div class="below line">
        <label for="log-level">Show</label>
        <select id="log-level" value={filter} onChange={(event) => setFilter(event.currentTarget.value as Filter)}>
          {Object.entries(filters).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {shown.length === 0 ? (
        <Empty>{filter === "all" ? "Nothing was said yet." : "Nothing of that kind."}</Empty>
      ) : (
        <div
          class="log"
          role="log"
          aria-label="Lines of the log"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
          tabIndex={0}
          ref={list}
          onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
            atEnd.current = scrollTop + clientHeight > scrollHeight - 24;
          }}
        >
          {shown.map(({ seq, at, level, message }) => (
            <p key={seq} class={level}>
              <time dateTime={at}>{clock(at)}</time>
              {level !== "info" && <span class="level">{level === "warn" ? "Warning" : "Error"}</span>}
              <span>{message}</span>
            </p>
          ))}
        </div>
      )}
    </Section>
  );
}

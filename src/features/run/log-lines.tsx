import type { LogLine } from "@deskhand/shared/schemas/run";
import { Anchor, Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { memo, useLayoutEffect, useRef, useState } from "react";
import classes from "./run-log.module.css";

/** Lines in the page at first and for each further click: enough to read, few enough to stay quick. */
const linesAPage = 1000;

type Props = {
  label: string;
  lines: LogLine[];
  /** What is said above the first line; null for nothing. */
  note: string | null;
  /** What a step is called. */
  numberOf: (step: number) => string;
};

/** Lines by time and step. It follows new ones until somebody scrolls up. */
export function LogLines({ label, lines, note, numberOf }: Props) {
  const [pages, setPages] = useState(1);
  const shown = lines.slice(-pages * linesAPage);
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const last = lines.at(-1)?.seq;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last line is the reason to move
  useLayoutEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last, follows]);

  return (
    <div className={classes.frame}>
      <div
        ref={box}
        className={classes.lines}
        role="log"
        aria-label={label}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled box must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setFollows(scrollHeight - scrollTop - clientHeight < 24)
        }
      >
        {shown.length < lines.length ? (
          <div className={classes.note}>
            <Anchor component="button" type="button" size="sm" onClick={() => setPages(pages + 1)}>
              Show earlier lines
            </Anchor>
          </div>
        ) : (
          note && <div className={classes.note}>{note}</div>
        )}
        {shown.map((line) => (
          <Line key={line.seq} line={line} number={line.step === null ? "" : numberOf(line.step)} />
        ))}
      </div>
      {!follows && (
        <Button
          className={classes.latest}
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => setFollows(true)}
        >
          Latest
        </Button>
      )}
    </div>
  );
}

const Line = memo(function Line({ line, number }: { line: LogLine; number: string }) {
  const at = new Date(line.at);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return (
    <div className={classes.line} data-level={line.level}>
      <span className={classes.at}>
        {time}
        <span className={classes.fraction}>.{String(at.getMilliseconds()).padStart(3, "0")}</span>
      </span>
      <span className={classes.number} title={number && `Step ${number}`}>
        {number}
      </span>
      <span className={classes.message}>{line.message}</span>
    </div>
  );
});

function two(value: number): string {
  return String(value).padStart(2, "0");
}

import { IconCheck, IconChevronsRight, IconMinus, IconX } from "@tabler/icons-react";
import { formatDuration } from "@/features/run/duration";
import classes from "./trial.module.css";
import { useTrial } from "./trial-store.ts";

const icons = { succeeded: IconCheck, failed: IconX, skipped: IconMinus, running: IconChevronsRight };
const words = { succeeded: "Done", failed: "Failed", skipped: "Passed over", running: "Under way" };

/** How a step went in the trial, and what it set or read. `short`: in one line. */
export function StepResult({ id, short = false }: { id: string; short?: boolean }) {
  const result = useTrial((trial) => trial?.results.get(id) ?? null);
  const isNext = useTrial((trial) => trial !== null && trial.nextId === id);
  if (!result && !isNext) return null;
  const Icon = result ? icons[result.state] : IconChevronsRight;
  const values = result?.values ?? [];
  return (
    <span className={classes.result} data-state={result?.state} data-short={short || undefined}>
      <span className={classes.outcome}>
        {isNext && result?.state !== "running" && <span className={classes.next}>Next</span>}
        {result && (
          <>
            <Icon size={13} aria-hidden /> {words[result.state]}
            {result.state !== "running" && ` in ${formatDuration(result.durationMs)}`}
            {result.turns > 1 && `, ${result.turns} times`}
          </>
        )}
      </span>
      {result?.message && <span className={classes.why}>{result.message}</span>}
      {values.map(({ name, text }) => (
        <span key={name} className={classes.value}>
          <b>{name}</b> {text === "" ? "is empty" : `= ${text}`}
        </span>
      ))}
    </span>
  );
}

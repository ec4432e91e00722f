import { type ComparedStep, changedParts, type DiffLine, diffSteps } from "@deskhand/shared/schemas/diff-steps";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { Badge, Text } from "@mantine/core";
import { useMemo } from "react";
import { Breakable } from "@/components/breakable";
import { StepIcon } from "@/components/step-icon";
import classes from "./step-diff.module.css";

/** The steps of two versions side by side, and which other parts differ. */
export function StepDiff({ before, after }: { before: Recording; after: Recording }) {
  const lines = useMemo(() => diffSteps(before, after), [before, after]);
  const parts = useMemo(() => changedParts(before, after), [before, after]);
  return (
    <>
      {parts.length > 0 && (
        <Text size="sm" mb="sm">
          Besides the steps, changed: {parts.join(", ")}.
        </Text>
      )}
      <ol className={classes.lines} aria-label="Steps of both versions">
        {lines.map((line) => (
          <Line key={`${line.before?.number} ${line.after?.number}`} line={line} />
        ))}
      </ol>
    </>
  );
}

const words = { same: null, added: "Added", removed: "Removed", changed: "Changed" };

function Line({ line }: { line: DiffLine }) {
  return (
    <li className={classes.line} data-kind={line.kind}>
      <Side step={line.before} />
      <Side step={line.after} />
      {words[line.kind] && (
        <Badge size="xs" variant="default" className={classes.kind}>
          {words[line.kind]}
        </Badge>
      )}
      {line.kind === "changed" && (
        <details className={classes.more}>
          <summary>As JSON</summary>
          <div className={classes.both}>
            <pre>{line.before?.json}</pre>
            <pre>{line.after?.json}</pre>
          </div>
        </details>
      )}
    </li>
  );
}

function Side({ step }: { step: ComparedStep | null }) {
  if (!step) return <span className={classes.nothing} aria-hidden />;
  return (
    <span className={classes.side} style={{ paddingInlineStart: `${Math.min(step.depth, 4) * 0.75}rem` }}>
      <span className={classes.number} aria-hidden>
        {step.number}
      </span>
      <StepIcon type={step.type} verb={step.label.verb} size={14} />
      <span>
        <b>{step.label.verb}</b> <Breakable text={`${step.label.target} ${step.label.detail}`.trim()} />
      </span>
    </span>
  );
}

"use client";

import type { RunStepView, RunView } from "@deskhand/shared/schemas/run";
import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconCircleCheckFilled, IconCircleDashed, IconCircleMinus, IconCircleXFilled, IconLoader2 } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Breakable } from "@/components/breakable";
import { formatDuration } from "./duration.ts";
import { Elapsed } from "./elapsed.tsx";
import { wasStopped } from "./run-words.ts";
import classes from "./step-rail.module.css";

type Props = {
  steps: readonly RunStepView[];
  selected: number | null;
  onSelect: (index: number) => void;
  /** How the run ended; null while it goes on. Then, what is pending was not reached. */
  end: RunView["state"] | null;
};

/** The steps of a run, lighting up as they happen. Arrow keys move through them. */
export function StepRail({ steps, selected, onSelect, end }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const current = steps.find((step) => step.state === "running")?.index ?? selected;

  // moves only the list, never the page
  useEffect(() => {
    const box = list.current;
    const item = current === null ? null : box?.children[current];
    if (!box || !(item instanceof HTMLElement)) return;
    const top = item.offsetTop - box.offsetTop;
    if (top < box.scrollTop) box.scrollTop = top - 8;
    else if (top + item.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + item.offsetHeight - box.clientHeight + 8;
  }, [current]);

  const onKeyDown = (event: KeyboardEvent<HTMLOListElement>) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const next = buttons.indexOf(document.activeElement as HTMLButtonElement) + move;
    buttons[next]?.focus({ preventScroll: true });
    if (buttons[next]) onSelect(next);
  };

  return (
    <ol ref={list} className={classes.rail} aria-label="Steps" onKeyDown={onKeyDown}>
      {steps.map((step) => (
        <li key={step.index}>
          <Step step={step} selected={step.index === selected} onSelect={onSelect} end={end} />
        </li>
      ))}
    </ol>
  );
}

type StepProps = { step: RunStepView; selected: boolean; onSelect: (index: number) => void; end: Props["end"] };

function Step({ step, selected, onSelect, end }: StepProps) {
  const time = step.durationMs === null || step.state === "skipped" ? null : formatDuration(step.durationMs);
  const stopped = wasStopped(step, end);
  const state = stopped ? "stopped" : step.state === "pending" && end ? "not reached" : step.state;
  return (
    <UnstyledButton
      className={classes.step}
      data-state={step.state}
      aria-pressed={selected}
      aria-current={step.state === "running" ? "step" : undefined}
      onClick={() => onSelect(step.index)}
    >
      <span className={classes.state} data-state={stopped ? "skipped" : step.state}>
        <StateIcon state={stopped ? "skipped" : step.state} />
      </span>
      <span className={classes.words}>
        <VisuallyHidden>Step {step.index + 1}, </VisuallyHidden>
        <span className={classes.verb}>{step.verb}</span>
        {step.target && (
          <span className={classes.target}>
            {" "}
            <Breakable text={step.target} />
          </span>
        )}
        <VisuallyHidden>, {state}</VisuallyHidden>
      </span>
      <span className={classes.time}>{step.state === "running" && step.startedAt ? <Elapsed since={step.startedAt} /> : time}</span>
    </UnstyledButton>
  );
}

function StateIcon({ state }: { state: RunStepView["state"] }) {
  switch (state) {
    case "pending":
      return <IconCircleDashed size={16} aria-hidden />;
    case "running":
      return <IconLoader2 size={16} className={classes.spin} aria-hidden />;
    case "succeeded":
      return <IconCircleCheckFilled size={16} aria-hidden />;
    case "failed":
      return <IconCircleXFilled size={16} aria-hidden />;
    case "skipped":
      return <IconCircleMinus size={16} aria-hidden />;
  }
}

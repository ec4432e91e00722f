"use client";

import type { RunStepView, RunView } from "@deskhand/shared/schemas/run";
import { currentStep, inReadingOrder, stepsByCaller } from "@deskhand/shared/schemas/run-tree";
import { ActionIcon, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import {
  IconChevronDown,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleXFilled,
  IconLoader2,
} from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
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

/** A called workflow of more steps is closed at first. */
const openAtMost = 20;

/**
 * The steps of a run, lighting up as they happen; those of a workflow that one of them runs stand under it. Up and down move through them,
 * right and left open and close.
 */
export function StepRail({ steps, selected, onSelect, end }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const [folds, setFolds] = useState<ReadonlyMap<number, boolean>>(new Map());
  const called = stepsByCaller(steps);
  const current = currentStep(steps)?.index ?? selected;
  const isOpen = (index: number) => {
    const own = folds.get(index);
    if (own !== undefined) return own;
    const inside = called.get(index) ?? [];
    return (
      inside.length <= openAtMost || inside.some(({ index: one, state }) => one === current || state === "running" || state === "failed")
    );
  };
  const fold = (index: number, open: boolean) => called.has(index) && setFolds(new Map(folds).set(index, open));
  const shown = inReadingOrder(steps, (index) => !isOpen(index));

  // moves only the list, never the page
  useEffect(() => {
    const box = list.current;
    const item = current === null ? null : box?.querySelector(`[data-index="${current}"]`);
    if (!box || !(item instanceof HTMLElement)) return;
    const top = item.offsetTop - box.offsetTop;
    if (top < box.scrollTop) box.scrollTop = top - 8;
    else if (top + item.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + item.offsetHeight - box.clientHeight + 8;
  }, [current]);

  const onKeyDown = (event: KeyboardEvent<HTMLOListElement>) => {
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button[data-index]")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const index = shown[at]?.index;
    if (index !== undefined && called.has(index) && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      fold(index, event.key === "ArrowRight");
    }
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const next = shown[at + move];
    if (!next) return;
    buttons[at + move]?.focus({ preventScroll: true });
    onSelect(next.index);
  };

  return (
    <ol ref={list} className={classes.rail} aria-label="Steps" onKeyDown={onKeyDown}>
      {shown.map((step) => {
        const { index } = step;
        const inside = called.get(index)?.length ?? 0;
        const words = `${isOpen(index) ? "Hide" : "Show"} the ${inside} steps of ${step.target}`;
        return (
          <li key={index} className={classes.row}>
            <Step step={step} selected={index === selected} onSelect={onSelect} end={end} />
            {inside > 0 && (
              <Tooltip label={words}>
                <ActionIcon aria-label={words} aria-expanded={isOpen(index)} onClick={() => fold(index, !isOpen(index))}>
                  <IconChevronDown size={16} className={classes.chevron} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        );
      })}
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
      data-index={step.index}
      data-state={step.state}
      aria-pressed={selected}
      aria-current={step.state === "running" ? "step" : undefined}
      onClick={() => onSelect(step.index)}
    >
      <span className={classes.state} data-state={stopped ? "skipped" : step.state}>
        <StateIcon state={stopped ? "skipped" : step.state} />
      </span>
      <span className={classes.words} style={{ paddingInlineStart: `${Math.min(step.depth, 6) * 0.875}rem` }}>
        <VisuallyHidden>Step {step.number || step.index + 1}, </VisuallyHidden>
        <span className={classes.verb}>{step.verb}</span>
        {step.target && (
          <span className={classes.target}>
            {" "}
            <Breakable text={step.target} />
          </span>
        )}
        {step.turns > 1 && <span className={classes.target}> × {step.turns}</span>}
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

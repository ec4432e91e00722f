"use client";

import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { inReadingOrder, stepNumber } from "@deskhand/shared/schemas/run-tree";
import { UnstyledButton } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { artifactAddress, screenshotsByStep } from "./artifact-content.ts";
import { wasStopped } from "./run-words.ts";
import classes from "./stage.module.css";
import type { Selection } from "./stage-content.ts";

type Props = { run: RunDetail; step: number | null; shotId: string | null; onSelect: (selection: Selection) => void };

/** A place for each step from the beginning, which its screenshots fill as they are taken: nothing moves when they arrive. */
export function Filmstrip({ run, step, shotId, onSelect }: Props) {
  const strip = useRef<HTMLUListElement>(null);
  const byStep = screenshotsByStep(run.artifacts);
  const steps = inReadingOrder(run.steps);
  const newest = isFinal(run.state) ? step : (steps.findLast((candidate) => candidate.state !== "pending")?.index ?? null);
  const current = step ?? newest;

  // moves only the strip, never the page
  useEffect(() => {
    const box = strip.current;
    const item = current === null ? null : box?.querySelector(`[data-step="${current}"]`);
    if (!box || !(item instanceof HTMLElement)) return;
    box.scrollTo({ left: item.offsetLeft - box.offsetLeft - (box.clientWidth - item.offsetWidth) / 2 });
  }, [current]);

  return (
    <ul ref={strip} className={classes.strip} aria-label="Screenshots by step" style={{ margin: 0, listStyle: "none" }}>
      {steps.map((candidate) => {
        const shots = byStep.get(candidate.index) ?? [];
        const slots = shots.length > 0 ? shots.map((artifact) => artifact.id) : [null];
        return slots.map((id, at) => (
          <li key={id ?? `step-${candidate.index}`} data-step={candidate.index} style={{ display: "flex" }}>
            <UnstyledButton
              className={classes.thumb}
              aria-label={`Show step ${stepNumber(run.steps, candidate.index)}${slots.length > 1 ? `, picture ${at + 1}` : ""}`}
              aria-pressed={id ? id === shotId : candidate.index === step && shotId === null}
              data-failed={(candidate.state === "failed" && !wasStopped(candidate, run.state)) || undefined}
              data-never={(id === null && isFinal(run.state)) || undefined}
              onClick={() => onSelect({ step: candidate.index, shotId: id })}
            >
              {id && run.runnerOnline && <Thumb id={id} />}
              <span className={classes.thumbNumber}>{stepNumber(run.steps, candidate.index)}</span>
            </UnstyledButton>
          </li>
        ));
      })}
    </ul>
  );
}

/** The large picture says why one cannot be had; a thumbnail just stays empty. */
function Thumb({ id }: { id: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) return null;
  // biome-ignore lint/performance/noImgElement: the runner's own bytes, shown as they are
  return <img src={artifactAddress(id)} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />;
}

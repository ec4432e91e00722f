import { Button, Group } from "@mantine/core";
import { useEffect } from "react";
import { useEditor } from "@/features/workflow-editor/editor-context";
import type { StepJson } from "@/features/workflow-editor/model/document";
import { StepResult } from "./step-result.tsx";
import { useTrial } from "./trial-store.ts";

/** How long somebody does not type before the page is looked at; milliseconds. */
const pauseMs = 200;

/** In the form of a step, while a draft is tried: how it went, what to do with it, and its element on the page. */
export function StepTrial({ id, step }: { id: string; step: StepJson }) {
  const { issues } = useEditor();
  const acts = useTrial((trial) => trial?.acts ?? null);
  const isRunning = useTrial((trial) => trial?.isRunning === true);
  const isCustom = step.type === "customStep";
  const selectors = isCustom ? step.parameters?.selectors : step.selectors;
  const path = isCustom ? "parameters.selectors" : "selectors";
  const { frame, target } = step;
  useEffect(() => {
    if (!acts) return;
    const timer = setTimeout(() => acts.look(Array.isArray(selectors) ? { path, selectors, frame, target } : null), pauseMs);
    return () => clearTimeout(timer);
  }, [acts, selectors, path, frame, target]);

  if (!acts) return null;
  const isOff = isRunning || issues.count > 0;
  return (
    <>
      <Group gap={6} role="group" aria-label="Try it">
        <Button size="compact-xs" variant="default" disabled={isOff} onClick={() => acts.runTo(id)}>
          Run to here
        </Button>
        <Button size="compact-xs" variant="default" disabled={isOff} onClick={() => acts.runOne(id)}>
          Run this step
        </Button>
        <Button size="compact-xs" variant="default" disabled={isOff} onClick={() => acts.runFrom(id)}>
          Run from here
        </Button>
      </Group>
      <StepResult id={id} />
    </>
  );
}

/** What one way of an element leads to on the page, while a draft is tried. */
export function WayResult({ path, at }: { path: string; at: number }) {
  const count = useTrial((trial) => (trial && trial.path === path && !trial.isRunning ? (trial.probe?.counts[at] ?? null) : null));
  const isChosen = useTrial((trial) => trial?.path === path && trial.probe?.chosen === at);
  if (count === null) return null;
  const words = count === 0 ? "Nothing on the page" : count === 1 ? "1 on the page" : `${count} on the page`;
  return (
    <span role="status" data-count={count}>
      {words}
      {isChosen && (count > 1 ? ", the first one is taken" : ", it is taken")}
    </span>
  );
}

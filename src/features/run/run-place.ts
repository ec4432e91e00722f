import type { RunStepView } from "@deskhand/shared/schemas/run";
import { stepNumber } from "@deskhand/shared/schemas/run-tree";

const runTabs = ["log", "data", "inputs", "console", "network", "refused", "files"] as const;
export type RunTab = (typeof runTabs)[number];

/** What of a run is looked at, as its address says: so that a reload, or somebody who gets the link, sees the same. */
export type RunPlace = { step: number | null; tab: RunTab };

type Steps = readonly RunStepView[];

/** Reads the address of a run's page; what is not in the run is left out rather than shown as an error. */
export function readRunPlace(search: { get(name: string): string | null }, steps: Steps): RunPlace {
  const number = search.get("step");
  const tab = search.get("tab");
  const step = number === null ? -1 : steps.findIndex((_, index) => stepNumber(steps, index) === number);
  return { step: step < 0 ? null : step, tab: runTabs.find((name) => name === tab) ?? "log" };
}

/** The search part of the address of a place, with what else it says kept: `?step=3.2&tab=console`, or nothing. */
export function writeRunPlace(search: string, { step, tab }: RunPlace, steps: Steps): string {
  const written = new URLSearchParams(search);
  if (step === null) written.delete("step");
  else written.set("step", stepNumber(steps, step));
  if (tab === "log") written.delete("tab");
  else written.set("tab", tab);
  const text = written.toString();
  return text ? `?${text}` : "";
}

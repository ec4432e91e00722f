import { type ArtifactView, isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { failedStep, inReadingOrder } from "@deskhand/shared/schemas/run-tree";
import { offlineWords, screenshotsByStep } from "./artifact-content.ts";
import { describePhase } from "./run-words.ts";

export type Selection = { step: number | null; shotId: string | null };
export const following: Selection = { step: null, shotId: null };

type Shot = { artifact: ArtifactView; step: number };

/** What the large picture of a run's page shows. */
type StageContent =
  | { kind: "live" }
  | { kind: "shot"; shot: Shot }
  /** busy: something is under way · waits: for a runner that is not there · empty: there is nothing to see. */
  | { kind: "message"; text: string; mood: "busy" | "waits" | "empty" };

/** A run's screenshots in the order of its steps. */
function shotsOf(run: Pick<RunDetail, "artifacts" | "steps">): Shot[] {
  const byStep = screenshotsByStep(run.artifacts);
  return inReadingOrder(run.steps).flatMap(({ index }) => (byStep.get(index) ?? []).map((artifact) => ({ artifact, step: index })));
}

/**
 * The step that is looked at: the chosen one; else, once the run is over, the one that failed or the last with a picture. While a run
 * goes on nothing is chosen, because the page itself is shown.
 */
export function shownStep(run: RunDetail, selection: Selection): number | null {
  if (selection.step !== null) return selection.step;
  if (!isFinal(run.state)) return null;
  return failedStep(run)?.index ?? shotsOf(run).at(-1)?.step ?? null;
}

export function stageContent(run: RunDetail, selection: Selection): StageContent {
  const step = shownStep(run, selection);
  if (step === null) {
    if (isFinal(run.state))
      return message(run.startedAt ? "This run left no screenshots." : "The run never started, so there is nothing to see.");
    if (run.state === "running" && run.runnerOnline) return { kind: "live" };
    return { kind: "message", text: describePhase(run) ?? "Starting.", mood: run.runnerOnline ? "busy" : "waits" };
  }
  const here = shotsOf(run).filter((shot) => shot.step === step);
  const shot = here.find(({ artifact }) => artifact.id === selection.shotId) ?? here.at(-1);
  if (!shot) {
    const state = run.steps[step]?.state;
    if (state === "running") return message("The picture of this step is taken when it is done.");
    return message(state === "pending" ? "This step was not reached." : "There is no screenshot of this step.");
  }
  return run.runnerOnline ? { kind: "shot", shot } : message(offlineWords(run.runnerName));
}

/** The screenshot `move` places from the one that is shown; null at either end. */
export function neighbour(run: RunDetail, selection: Selection, move: 1 | -1): Selection | null {
  const shots = shotsOf(run);
  const places = inReadingOrder(run.steps).map(({ index }) => index);
  const content = stageContent(run, selection);
  const step = shownStep(run, selection);
  const at =
    content.kind === "shot" || selection.shotId
      ? shots.findIndex(({ artifact }) => artifact.id === (content.kind === "shot" ? content.shot.artifact.id : selection.shotId))
      : shots.findLastIndex((shot) => step === null || places.indexOf(shot.step) <= places.indexOf(step));
  // from a step without a picture, back means the picture before it
  const onPicture = content.kind === "shot" || selection.shotId !== null || shots[at]?.step === step;
  const next = shots[onPicture || move === 1 ? at + move : at];
  return next ? { step: next.step, shotId: next.artifact.id } : null;
}

function message(text: string): StageContent {
  return { kind: "message", text, mood: "empty" };
}

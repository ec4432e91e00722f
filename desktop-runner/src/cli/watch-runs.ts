import { isFinal, type RunDetail, type RunStepView, runDetail } from "@deskhand/shared/schemas/run";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { describePhase } from "@deskhand/shared/schemas/run-phase";
import { failedStep, stepNumber } from "@deskhand/shared/schemas/run-tree";
import type { Api } from "./api.ts";
import { CliError } from "./failure.ts";
import type { Output } from "./output.ts";

/** How long the server may take to answer when nothing changes, seconds. */
const waitSeconds = 20;
/** Most runs that are followed at the same time; the others wait for their turn and go on meanwhile. */
const atOnce = 8;
/** How long to wait before asking a server again that is away, milliseconds. */
const awayMs = 2_000;
/** How long the server may be away before watching gives up, milliseconds. The runs go on in any case. */
const patienceMs = 120_000;

/** Errors after which the same question may get an answer. */
const passing: readonly string[] = ["SERVER_UNREACHABLE", "ANSWER_UNREADABLE", "RATE_LIMITED", "DATABASE_UNAVAILABLE", "INTERNAL"];

/** Tells what happens in these runs until all of them are over; returns them in the same order. */
export async function watchRuns(api: Api, runIds: readonly string[], output: Output): Promise<RunDetail[]> {
  const ended = new Map<string, RunDetail>();
  const waiting = [...runIds];
  const follow = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const seen: Seen = { state: "", phase: undefined, steps: new Map() };
      ended.set(id, await followRun(api, id, (run) => tellChanges(run, seen, output, runIds.length > 1)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, runIds.length) }, follow));
  return runIds.flatMap((id) => ended.get(id) ?? []);
}

/** Calls `onChange` with the run now and after each of its changes, until it is over. Asks once for each change. */
export async function followRun(api: Api, id: string, onChange: (run: RunDetail) => void): Promise<RunDetail> {
  let revision: string | undefined;
  let lastAnswer = Date.now();
  for (;;) {
    try {
      const run = await api.get(`/runs/${id}`, runDetail, revision === undefined ? {} : { after: revision, wait: waitSeconds });
      lastAnswer = Date.now();
      if (run.revision !== revision) onChange(run);
      if (isFinal(run.state)) return run;
      revision = run.revision;
    } catch (error) {
      if (!(error instanceof CliError) || !passing.includes(error.code) || Date.now() - lastAnswer > patienceMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.max(error.retryAfterMs ?? 0, awayMs)));
    }
  }
}

/** `phase`: what it was last said to do or wait for. */
type Seen = { state: string; phase: string | undefined; steps: Map<number, string> };

function tellChanges(run: RunDetail, seen: Seen, output: Output, isOneOfMany: boolean): void {
  const prefix = isOneOfMany ? `[${run.profileName}] ` : "";
  const phase = isFinal(run.state) ? undefined : phaseOf(run);
  if (run.state !== seen.state) {
    seen.state = run.state;
    output.tell({ type: "run", runId: run.id, profile: run.profileName, status: run.state });
  }
  if (phase !== seen.phase) {
    seen.phase = phase;
    if (phase !== undefined && !output.json) output.print(`${prefix}${phase}\n`);
  }
  for (const step of run.steps) {
    if (step.state === "pending" || seen.steps.get(step.index) === step.state) continue;
    seen.steps.set(step.index, step.state);
    const { index, number, state, verb, target, durationMs, failureCode } = step;
    output.tell(
      { type: "step", runId: run.id, index, number, status: state, verb, target, durationMs, failureCode },
      stepLine(prefix, step),
    );
  }
}

/** What it does, or why it waits. */
export function phaseOf(run: RunDetail): string {
  if (run.waiting) return `Waits for a person until ${timeWords(run.waiting.until)}: open its page on the dashboard.`;
  return describePhase(run, timeWords) ?? (run.state === "running" ? "Running" : "Waiting for the runner …");
}

const timeWords = (at: string) => new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

const stepMarks: Record<string, string> = { succeeded: "✓", failed: "✗", skipped: "-" };

function stepLine(prefix: string, step: RunStepView): string | undefined {
  return stepMarks[step.state] && `${prefix}${stepWords(step)}`;
}

/** A step and how it stands; one that has not ended has a mark of its own. */
export function stepWords({ index, number, state, verb, target, durationMs }: RunStepView): string {
  const mark = stepMarks[state] ?? (state === "running" ? "▸" : " ");
  return `  ${mark} ${number || index + 1}. ${verb}${target ? ` · ${target}` : ""}${durationMs === null ? "" : `  (${durationMs} ms)`}`;
}

/** How a run ended, for people. */
export function endLine(run: RunDetail): string {
  if (run.state === "succeeded") return `Run ${run.id} on "${run.profileName}" succeeded.`;
  const failed = failedStep(run)?.index ?? run.failureStep;
  const at = failed === null ? "" : ` at step ${stepNumber(run.steps, failed)}`;
  const why = whyNot(run);
  return `Run ${run.id} on "${run.profileName}" ${run.state}${at}${why ? `: ${why}` : "."}`;
}

/** Why it did not succeed, and what to do; undefined when there is no reason. */
export function whyNot({ failureCode, refusals }: RunDetail): string | undefined {
  if (!isRunFailureCode(failureCode)) return undefined;
  const refusal = refusals.find(({ fatal }) => fatal);
  const { title, whatToDo } = describeRunFailure(failureCode, refusal ? { refusal } : {});
  return `${title} ${whatToDo}`;
}

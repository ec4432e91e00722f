import { isFinal, type RunDetail, type RunStepView, runDetail } from "@deskhand/shared/schemas/run";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { Api } from "./api.ts";
import { CliError } from "./failure.ts";
import type { Output } from "./output.ts";

const shortestMs = 150;
const longestMs = 2_000;
/** How long the server may be away before watching gives up, milliseconds. The runs go on in any case. */
const patienceMs = 120_000;

/** Errors after which the same question may get an answer. */
const passing: readonly string[] = ["SERVER_UNREACHABLE", "ANSWER_UNREADABLE", "RATE_LIMITED", "DATABASE_UNAVAILABLE", "INTERNAL"];

/** Tells what happens in these runs until all of them are over; returns them in the same order. */
export async function watchRuns(api: Api, runIds: readonly string[], output: Output): Promise<RunDetail[]> {
  const ended = new Map<string, RunDetail>();
  const seen = new Map<string, Seen>();
  let waitMs = shortestMs;
  let lastAnswer = Date.now();
  while (ended.size < runIds.length) {
    let changed = false;
    try {
      for (const id of runIds) {
        if (ended.has(id)) continue;
        const run = await api.get(`/runs/${id}`, runDetail);
        lastAnswer = Date.now();
        const before = seen.get(id) ?? { state: "", steps: new Map() };
        seen.set(id, before);
        if (tellChanges(run, before, output, runIds.length > 1)) changed = true;
        if (isFinal(run.state)) ended.set(id, run);
      }
    } catch (error) {
      if (!(error instanceof CliError) || !passing.includes(error.code) || Date.now() - lastAnswer > patienceMs) throw error;
      waitMs = Math.max(error.retryAfterMs ?? 0, longestMs);
    }
    if (ended.size === runIds.length) break;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    // what changes is looked at often, what rests is left alone
    waitMs = changed ? shortestMs : Math.min(waitMs * 1.3, longestMs);
  }
  return runIds.flatMap((id) => ended.get(id) ?? []);
}

type Seen = { state: string; steps: Map<number, string> };

function tellChanges(run: RunDetail, seen: Seen, output: Output, isOneOfMany: boolean): boolean {
  const prefix = isOneOfMany ? `[${run.profileName}] ` : "";
  let changed = false;
  if (run.state !== seen.state) {
    changed = true;
    seen.state = run.state;
    const line = isFinal(run.state) ? undefined : `${prefix}${stateWords[run.state] ?? run.state}`;
    output.tell({ type: "run", runId: run.id, profile: run.profileName, status: run.state }, line);
  }
  for (const step of run.steps) {
    if (step.state === "pending" || seen.steps.get(step.index) === step.state) continue;
    changed = true;
    seen.steps.set(step.index, step.state);
    const { index, state, verb, target, durationMs, failureCode } = step;
    output.tell({ type: "step", runId: run.id, index, status: state, verb, target, durationMs, failureCode }, stepLine(prefix, step));
  }
  return changed;
}

const stateWords: Record<string, string> = {
  queued: "Waiting for the runner …",
  leased: "Sent to the runner …",
  accepted: "The runner has it …",
  running: "Running",
};

const stepMarks: Record<string, string> = { succeeded: "✓", failed: "✗", skipped: "-" };

function stepLine(prefix: string, { index, state, verb, target, durationMs }: RunStepView): string | undefined {
  const mark = stepMarks[state];
  if (!mark) return undefined;
  return `${prefix}  ${mark} ${index + 1}. ${verb}${target ? ` · ${target}` : ""}${durationMs === null ? "" : `  (${durationMs} ms)`}`;
}

/** How a run ended, for people. */
export function endLine(run: RunDetail): string {
  if (run.state === "succeeded") return `Run ${run.id} on "${run.profileName}" succeeded.`;
  const at = run.failureStep === null ? "" : ` at step ${run.failureStep + 1}`;
  const words = isRunFailureCode(run.failureCode) ? describeRunFailure(run.failureCode) : undefined;
  return `Run ${run.id} on "${run.profileName}" ${run.state}${at}${words ? `: ${words.title} ${words.whatToDo}` : "."}`;
}

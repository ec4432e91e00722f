import type { TrialAct, TrialNews } from "@deskhand/shared/protocol/trial";
import { parseRecording, type Recording } from "@deskhand/shared/schemas/recording";
import { type InputValues, resolveInputs, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import { countSteps } from "@deskhand/shared/schemas/walk-steps";
import type { Engine } from "../workflow/engine.ts";
import { type ExecuteOptions, openEngine } from "../workflow/open-engine.ts";
import { createRunState, type RunState } from "../workflow/run-state.ts";
import type { StepFailure } from "../workflow/step-failure.ts";
import type { StepReporter } from "../workflow/step-reporter.ts";
import { adoptDocument } from "./adopt-document.ts";
import { createLookout } from "./lookout.ts";
import { type Goal, TrialCourse } from "./trial-course.ts";
import { TrialRecord } from "./trial-record.ts";

export type TrialFacts = Omit<TrialNews, "v" | "runId" | "holdId">;

type Outside = Omit<ExecuteOptions, "recording" | "inputs"> & {
  /** As they were given to the run: a draft takes those that it declares. */
  inputs: InputValues;
  mask: { add(value: string): void; apply(text: string): string };
  tell(facts: TrialFacts): void;
  /** A step was done. */
  onStep(): void;
  /** The page or the browser is gone, or the run has to stop. */
  onOver(failure: StepFailure): void;
};

export type Trial = {
  /** A person has the page from here on. */
  begin(): void;
  /** It stops before the next step. */
  end(): void;
  act(act: TrialAct): Promise<void>;
  /** What a human step waits for: that they have it go on. */
  waitForPerson(): Promise<"done">;
  readonly isFinished: boolean;
};

/** What is told is told again after these, since whoever looks may have missed it; milliseconds. */
const againMs = [400, 1_500, 5_000];

/** Carries out a draft as the person says who has the page: a step, up to a step, from a step on. */
export function createTrial(outside: Outside): Trial {
  const record = new TrialRecord(outside.mask.apply);
  let draft: { recording: Recording; revision: number } | undefined;
  /** What the steps before have set and read. */
  let kept: Pick<Engine, "state" | "data"> | undefined;
  let course: TrialCourse | undefined;
  let next: number | null = 0;
  let note: string | null = null;
  let revision = 0;
  let isOn = false;
  let isFinished = false;
  let timer: NodeJS.Timeout | undefined;

  const isRunning = () => course !== undefined && !course.isStanding;
  const lookout = createLookout({
    page: () => (draft && !isRunning() ? { ...outside, recording: draft.recording, state: kept?.state ?? emptyState } : undefined),
    onSeen: () => changed(),
  });
  const tellNow = (turn = 0) => {
    clearTimeout(timer);
    if (!isOn) return;
    const wait = againMs[turn];
    if (wait !== undefined) timer = setTimeout(() => tellNow(turn + 1), wait);
    const at = course ? course.next : next;
    const document = draft?.revision ?? null;
    outside.tell({ revision, document, isRunning: isRunning(), next: at, note, steps: record.steps, probe: lookout.seen });
  };
  const changed = () => {
    revision++;
    tellNow();
  };

  const reporter: StepReporter = {
    started: (index) => {
      record.started(index);
      changed();
    },
    finished: (index, outcome) => {
      record.finished(index, outcome, valuesOf(kept));
      outside.onStep();
      changed();
    },
    close: () => {},
  };

  /** Values as they are in the beginning, or as the steps before have left them. Undefined when an input is missing, which is noted. */
  function open({ recording }: { recording: Recording }, isFresh: boolean) {
    const resolved = resolveInputs(recording.inputs, declared(recording, outside.inputs));
    if (!resolved.ok) {
      note = `An input of the draft has no value: save it, and begin again. ${resolved.issues[0]?.message ?? ""}`.trim();
      return undefined;
    }
    for (const name of secretInputNames(recording.inputs)) outside.mask.add(String(resolved.values[name] ?? ""));
    const state = createRunState(recording, resolved.values, outside.services);
    const data: Record<string, unknown> = Object.create(null);
    if (!isFresh && kept) {
      const { values } = kept.state;
      for (const name of Object.keys(values)) if (Object.hasOwn(state.values, name)) state.values[name] = values[name];
      Object.assign(data, kept.data);
    }
    return { inputs: resolved.values, state, data };
  }

  async function run(from: number | null, goal: Goal): Promise<void> {
    if (!draft || isRunning()) return;
    note = null;
    if (course?.isStanding && (from === null || from === course.next)) {
      if (goal !== course.next) course.goOn(goal);
      return;
    }
    await leave();
    const begin = from ?? next ?? 0;
    if (begin >= countSteps(draft.recording.steps)) return;
    const isFresh = begin === 0;
    const opened = open(draft, isFresh);
    if (!opened) return;
    if (isFresh) record.clear();
    const { recording } = draft;
    const { inputs, ...values } = opened;
    kept = values;
    record.begin(valuesOf(kept));
    course = new TrialCourse(begin, goal, {
      open: (signal) => ({ ...openEngine({ ...outside, recording, inputs, signal }, reporter), ...values }),
      signal: outside.signal,
      onMove: changed,
      onOver: (ended, failure) => {
        next = ended.next;
        if (course === ended) course = undefined;
        if (failure && isDeath(failure)) outside.onOver(failure);
        changed();
      },
    });
  }

  async function leave(): Promise<void> {
    await course?.leave();
    course = undefined;
  }

  async function load({ document, revision: number, next: before }: Extract<TrialAct, { do: "load" }>): Promise<void> {
    const parsed = parseRecording(document);
    if (!parsed.ok) {
      note = parsed.issues[0]?.message.slice(0, 500) ?? "The draft cannot be read.";
      return;
    }
    note = null;
    if (draft && adoptDocument(draft.recording, parsed.recording)) {
      draft.revision = number;
      return;
    }
    await leave();
    draft = { recording: parsed.recording, revision: number };
    const opened = open(draft, false);
    if (opened) kept = opened;
    record.clear();
    next = before;
  }

  return {
    begin() {
      isOn = true;
      changed();
      lookout.begin();
    },
    end() {
      course?.rest();
      isOn = false;
      clearTimeout(timer);
      lookout.end();
    },
    async act(act) {
      switch (act.do) {
        case "load":
          await load(act);
          break;
        case "run":
          await run(act.from, act.to);
          break;
        case "stop":
          if (isRunning()) void course?.leave();
          break;
        case "probe":
          lookout.lookFor(act.look);
          break;
        case "finish":
          isFinished = true;
          await leave();
          break;
        case "tell":
          break;
      }
      changed();
    },
    async waitForPerson() {
      note = "Do on the page what the step asks for, and have it go on.";
      await course?.stand();
      note = null;
      return "done";
    },
    get isFinished() {
      return isFinished;
    },
  };
}

const emptyState: Pick<RunState, "values" | "elements"> = { values: Object.create(null), elements: new Map() };

function valuesOf(of: Pick<Engine, "state" | "data"> | undefined): Record<string, unknown> {
  return { ...of?.data, ...of?.state.values };
}

function declared({ inputs }: Recording, given: InputValues): InputValues {
  return Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(inputs?.properties ?? {}, name)));
}

function isDeath({ code }: StepFailure): boolean {
  return code === "PAGE_CRASHED" || code === "BROWSER_CRASHED" || code === "RUN_TIMEOUT" || code === "RUNNER_DISK_FULL";
}

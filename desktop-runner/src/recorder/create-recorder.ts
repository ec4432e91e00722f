import { type PickPurpose, RECORDED_MAX_LENGTH, type RecordAct, type Recorded } from "@deskhand/shared/protocol/recorded";
import { appendRecorded } from "@deskhand/shared/schemas/append-recorded";
import { readEditedStep } from "@deskhand/shared/schemas/read-edited-step";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { BrowserContext, Frame, Page } from "playwright-core";
import type { DialogRule } from "../workflow/run-services.ts";
import { watchAddressBar } from "./address-bar.ts";
import { type AttachedScript, attachScript } from "./attach-script.ts";
import { pathOf } from "./frame-id.ts";
import type { Observed } from "./observed.ts";
import { type Place, StepRecorder } from "./step-recorder.ts";

export type RecordedFacts = Omit<Recorded, "v" | "runId" | "holdId">;

export type Recorder = {
  /** A person has the page from here on. */
  begin(): Promise<void>;
  end(): Promise<void>;
  /** Resolves when what is done in the windows that are open by now is seen. */
  settled(): Promise<void>;
  act(act: RecordAct): Promise<void>;
  /** They go to an address by themselves; undefined for back, forward and again. */
  opened(page: Page, url: string | undefined): void;
  /** They answered a dialog of the page; `kind` as the browser names it. */
  answered(kind: string, rule: DialogRule): void;
  /** The document so far: its own steps and what was recorded. */
  document(): Recording;
  readonly isFinished: boolean;
};

/** A tenth of a second of typing is told at once. */
const gatherMs = 100;
/** Whoever looks may have missed the last of it, and nothing more may come: it is told again after these, milliseconds. */
const againMs = [400, 1_500, 5_000];

/**
 * Records what a person who has the pages of `context` does there, after the steps of `base`. With `isWindow` they have them in a window with
 * an address bar; tabs that they open in it by themselves are not recorded: no step could open them again.
 */
export function createRecorder(
  context: BrowserContext,
  main: Page,
  base: Recording,
  tell: (facts: RecordedFacts) => void,
  { isWindow = false } = {},
): Recorder {
  const recorder = new StepRecorder(Date.now);
  /** Where pages were when something was done there last: a pop-up is named by its address, which a step may change. */
  const addresses = new Map<Page, string>();
  const bar = isWindow ? watchAddressBar(context) : undefined;
  const strangers = new WeakSet<Page>();
  let actedAt = 0;
  let isClosed = false;
  let script: AttachedScript | undefined;
  let revision = 0;
  let isPaused = false;
  let isFinished = false;
  let purpose: PickPurpose | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isSoon = false;

  const documentNow = () =>
    appendRecorded(
      base,
      recorder.steps.map(({ step }) => step),
    );
  const isFull = () => recorder.length > RECORDED_MAX_LENGTH || recorder.steps.length >= 1_900;
  const tellNow = (turn = 0) => {
    clearTimeout(timer);
    isSoon = false;
    const next = againMs[turn];
    timer = next === undefined || !script ? undefined : setTimeout(() => tellNow(turn + 1), next);
    const steps = recorder.steps.map(({ id, step }) => ({ id, step: step as Record<string, unknown> }));
    tell({ revision, isPaused, isFull: isFull(), picking: purpose, steps, ...(isClosed && { isClosed }) });
  };
  const changed = () => {
    revision++;
    if (isSoon) return;
    isSoon = true;
    clearTimeout(timer);
    timer = setTimeout(() => tellNow(), gatherMs);
  };
  const listens = () => script !== undefined && !isPaused && !isFinished && !isFull();
  const targetOf = (page: Page) => (page === main ? undefined : page.url());
  const pick = async (wanted: PickPurpose | null) => {
    purpose = wanted;
    await script?.pick(wanted === null ? "" : wanted === "extract-table" ? "table" : "element");
    changed();
  };

  function onObserved(page: Page, frame: Frame, observed: Observed): void {
    if (strangers.has(page)) return;
    actedAt = Date.now();
    const place: Place = { target: targetOf(page), frame: pathOf(frame) };
    if (observed.kind === "picked") {
      if (purpose) recorder.picked(observed, purpose, place);
      return void pick(null);
    }
    if (observed.kind === "ready" || !listens()) return;
    addresses.set(page, page.url());
    recorder.observe(observed, place);
    changed();
  }
  function onNavigated(page: Page, frame: Frame): void {
    const url = frame.url();
    const before = page === main ? undefined : addresses.get(page);
    const place = { target: targetOf(page), before, frame: pathOf(frame) };
    const note = (isByHand: boolean) => {
      if (!listens() || strangers.has(page) || !/^https?:/.test(url)) return;
      if (isByHand) addresses.set(page, url);
      recorder.navigated(place, url, isByHand);
      changed();
    };
    if (!bar || frame !== page.mainFrame()) return void note(false);
    bar.hasLed(page, actedAt).then(note, () => note(false));
  }
  const onPage = async (page: Page) => {
    if (/^(about|chrome|edge):/.test(page.url()) && !(await page.opener())) strangers.add(page);
  };
  const onClosed = () => {
    isClosed = true;
    changed();
  };

  return {
    async begin() {
      if (bar && !script) {
        context.on("page", onPage);
        context.once("close", onClosed);
        await Promise.all(context.pages().map(bar.learn));
      }
      script ??= await attachScript(context, { onObserved, onNavigated });
      if (purpose) await pick(purpose);
      tellNow();
    },
    async end() {
      const attached = script;
      context.off("page", onPage);
      context.off("close", onClosed);
      script = undefined;
      clearTimeout(timer);
      isSoon = false;
      await attached?.pick("");
      await attached?.detach();
    },
    settled: async () => script?.settled(),
    async act(act) {
      switch (act.do) {
        case "pause":
          isPaused = act.on;
          break;
        case "undo":
          recorder.undo();
          break;
        case "remove":
          recorder.remove(act.id);
          break;
        case "edit":
          edit(act);
          break;
        case "pick":
          await pick(act.purpose);
          break;
        case "finish":
          isFinished = true;
          break;
        case "tell":
          break;
      }
      revision++;
      tellNow();
    },
    opened(page, url) {
      if (!listens()) return;
      addresses.set(page, page.url());
      if (url === undefined) recorder.moved(targetOf(page));
      else recorder.opened(url, targetOf(page));
      changed();
    },
    answered(kind, rule) {
      if (!listens() || (kind !== "confirm" && kind !== "prompt")) return;
      recorder.answered(rule, kind === "prompt");
      changed();
    },
    document: documentNow,
    get isFinished() {
      return isFinished;
    },
  };

  /** What is no step of the document stays as it was. */
  function edit({ id, step }: { id: number; step: string }): void {
    const read = readEditedStep(documentNow(), step);
    if (read.ok) recorder.edit(id, read.step);
  }
}

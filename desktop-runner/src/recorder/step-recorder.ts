import type { PickPurpose } from "@deskhand/shared/protocol/recorded";
import { fileNotKept, type RecordedSecret, recordedSecrets, secretReference } from "@deskhand/shared/schemas/append-recorded";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { DialogRule } from "../workflow/run-services.ts";
import type { Observed } from "./observed.ts";

/** Where something was done: `target` is the address of a pop-up, undefined for the run's own page. */
export type Place = { target: string | undefined; frame: readonly number[] };
/** `act`: steps with the same number came of one act of the person. */
export type KeptStep = { id: number; act: number; at: number; step: Step };

/** Held while one chooses another one of a list as well. */
const moreKey = process.platform === "darwin" ? "Meta" : "Control";

/** What a page does by itself so long after an act is not the act's; milliseconds. */
const causedWithinMs = 10_000;

/** What is told with each step, characters: its numbers and their names. */
const lengthAround = 60;

/** Makes steps of what was observed, in the words of Chrome's Recorder. */
export class StepRecorder {
  readonly #clock: () => number;
  #kept: KeptStep[] = [];
  #lastId = 0;
  readonly #lengths = new WeakMap<Step, number>();
  #lastAct = 0;
  /** When each window was last led elsewhere by its address bar, and whether what it shows next is a step that is still owed. */
  readonly #led = new Map<string | undefined, { at: number; owesStep: boolean; isThere?: boolean }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get steps(): readonly KeptStep[] {
    return this.#kept;
  }

  /** Characters of all steps as JSON, about; each step is counted once, however often this is asked. */
  get length(): number {
    return this.#kept.reduce((sum, { step }) => sum + this.#lengthOf(step), 0);
  }

  observe(observed: Exclude<Observed, { kind: "ready" | "picked" }>, place: Place): void {
    const where = whereOf(place);
    switch (observed.kind) {
      case "click":
        return void this.#add(held(observed.modifiers, where, [clickStep(observed, where)]));
      case "doubleClick": {
        // the first of its two clicks was told by itself
        const last = this.#kept.at(-1)?.step;
        if (last?.type === "click" && isSame(last.selectors, observed.selectors) && !last.assertedEvents) this.#kept.pop();
        return void this.#add([clickStep(observed, where)]);
      }
      case "drag": {
        const { selectors, offsetX, offsetY, to, touch } = observed;
        const there = { to: to.selectors, toX: to.offsetX, toY: to.offsetY };
        const parameters = { selectors, offsetX, offsetY, ...there, ...(touch && { deviceType: "touch" as const }) };
        return void this.#add([{ ...where, type: "customStep", name: "deskhand.drag", parameters }]);
      }
      case "choices":
        return void this.#choose(observed, where);
      case "change":
      case "secret": {
        const value = observed.kind === "change" ? plain(observed.value) : secretReference(nameOf(observed.name));
        const step: Step = { ...where, type: "change", selectors: observed.selectors, value };
        return void this.#replaceLast((last) => last.type === "change" && isSameField(last, step), step);
      }
      case "key": {
        return void this.#add(held([...observed.modifiers, observed.key], where, []));
      }
      case "scroll": {
        const { selectors, x, y } = observed;
        const step: Step = { ...where, type: "scroll", ...(selectors && { selectors }), x, y };
        return void this.#replaceLast((last) => last.type === "scroll" && isSameField(last, step), step);
      }
      case "files": {
        const file = { from: "content" as const, name: observed.names[0]?.slice(0, 200) || "file.txt", content: "" };
        const parameters = { selectors: observed.selectors, file };
        return void this.#add([{ ...where, type: "customStep", name: "deskhand.upload", parameters, deskhand: { note: fileNotKept } }]);
      }
    }
  }

  /** A page or frame shows another document: by what was done there last, by itself, or by the window's own address bar. */
  navigated(place: Place & { before: string | undefined }, url: string, isByHand: boolean): void {
    const left = place.before ?? place.target;
    const led = this.#led.get(left);
    const cause = this.#kept.findLast(({ step }) => step.type !== "keyUp" && step.type !== "scroll");
    // also when its own step was taken back meanwhile: what was done before has not led there
    if (led && (!cause || led.at >= cause.at) && !(isByHand && led.isThere)) {
      led.isThere = true;
      if (led.owesStep && place.frame.length === 0)
        this.#add([{ ...whereOf({ ...place, target: left }), type: "navigate", url: plain(url) }]);
      led.owesStep = false;
      return;
    }
    if (isByHand) return void this.#add([{ ...whereOf({ ...place, target: left }), type: "navigate", url: plain(url) }]);
    if (!cause || this.#clock() - cause.at > causedWithinMs) return;
    const { step } = cause;
    const target = "target" in step ? step.target : undefined;
    if (target !== place.target && target !== place.before) return;
    if (step.type === "navigate" || step.type === "customStep") return;
    const frame = "frame" in step ? (step.frame ?? []) : [];
    // what leads the page away takes its frames with it
    if (place.frame.length > 0 && !isSame(frame, place.frame)) return;
    cause.step = { ...step, assertedEvents: [{ type: "navigation", url, title: "" }] };
  }

  /** The person went to an address by themselves. */
  opened(url: string, target: string | undefined): void {
    this.#led.set(target, { at: this.#clock(), owesStep: false });
    this.#add([{ ...(target !== undefined && { target }), type: "navigate", url: plain(url) }]);
  }

  /** The person went back, forward, or had the page loaded again: what is shown then is opened by its address. */
  moved(target: string | undefined): void {
    this.#led.set(target, { at: this.#clock(), owesStep: true });
  }

  /** The person answered a question of the page: the step that led to it says how. */
  answered({ accept, text }: DialogRule, isPrompt: boolean): void {
    const cause = this.#kept.findLast(({ step }) => step.type !== "keyUp" && step.type !== "scroll");
    if (!cause) return;
    const { dialogText: _, ...before } = cause.step.deskhand ?? {};
    const given = accept && isPrompt && text !== undefined ? { dialogText: plain(text) } : {};
    cause.step = { ...cause.step, deskhand: { ...before, dialog: accept ? "accept" : "dismiss", ...given } };
  }

  picked({ selectors, text, attributes }: Extract<Observed, { kind: "picked" }>, purpose: PickPurpose, place: Place): void {
    const base = { ...whereOf(place), type: "customStep" } as const;
    const key = `${purpose === "extract-table" ? "rows" : "value"}${this.#kept.filter(({ step }) => isExtract(step)).length + 1}`;
    const extract = (parameters: Extract<Step, { name: "deskhand.extract" }>["parameters"]) =>
      this.#add([{ ...base, name: "deskhand.extract", parameters }]);
    switch (purpose) {
      case "visible":
        return void this.#add([{ ...base, name: "deskhand.assert", parameters: { check: "visible", selectors } }]);
      case "text": {
        const parameters = { check: "text", selectors, operator: "contains", value: plain(text) } as const;
        return void this.#add([{ ...base, name: "deskhand.assert", parameters }]);
      }
      case "extract-text":
        return void extract({ kind: "text", key, selectors });
      case "extract-attribute": {
        const attribute = ["href", "src", "alt", "title"].find((name) => attributes.includes(name)) ?? attributes[0] ?? "id";
        return void extract({ kind: "attribute", key, selectors, attribute });
      }
      case "extract-table":
        return void extract({ kind: "table", key, selectors });
    }
  }

  /**
   * The format sets a list to one value. The others are chosen as a person does it, which every player of recordings can do.
   * What was chosen there before is said anew as a whole.
   */
  #choose({ selectors, value, options }: Extract<Observed, { kind: "choices" }>, where: Where): void {
    const first: Step = { ...where, type: "change", selectors, value: plain(value) };
    const others = options.map((option): Step => ({ ...where, type: "click", selectors: option, offsetX: 2, offsetY: 2 }));
    const last = this.#kept.at(-1)?.act;
    const begun = this.#kept.find(({ act }) => act === last)?.step;
    if (begun?.type === "change" && isSameField(begun, first)) this.undo();
    this.#add([first, ...(others.length > 0 ? held([moreKey], where, others) : [])]);
  }

  undo(): void {
    const last = this.#kept.at(-1)?.act;
    this.#kept = this.#kept.filter(({ act }) => act !== last);
  }

  remove(id: number): void {
    this.#kept = this.#kept.filter((kept) => kept.id !== id);
  }

  edit(id: number, step: Step): void {
    for (const kept of this.#kept) if (kept.id === id) kept.step = step;
  }

  #lengthOf(step: Step): number {
    const known = this.#lengths.get(step);
    if (known !== undefined) return known;
    const length = JSON.stringify(step).length + lengthAround;
    this.#lengths.set(step, length);
    return length;
  }

  #add(steps: Step[]): void {
    const act = ++this.#lastAct;
    for (const step of steps) this.#kept.push({ id: ++this.#lastId, act, at: this.#clock(), step });
  }

  #replaceLast(isBefore: (last: Step) => boolean, step: Step): void {
    const last = this.#kept.at(-1);
    if (!last || !isBefore(last.step)) return void this.#add([step]);
    last.step = step;
    last.at = this.#clock();
  }
}

type Where = { target?: string; frame?: number[] };

function whereOf({ target, frame }: Place): Where {
  return { ...(target !== undefined && { target }), ...(frame.length > 0 && { frame: [...frame] }) };
}

function clickStep(observed: Extract<Observed, { kind: "click" | "doubleClick" }>, where: Where): Step {
  const { kind, selectors, offsetX, offsetY, touch } = observed;
  const button = observed.button === 2 ? "secondary" : observed.button === 1 ? "auxiliary" : undefined;
  const device = touch ? ({ deviceType: "touch" } as const) : {};
  return { ...where, type: kind, selectors, offsetX, offsetY, ...(button && { button }), ...device };
}

/** The steps while keys are held down. */
function held(keys: readonly string[], { target }: Where, steps: Step[]): Step[] {
  const at = target === undefined ? {} : { target };
  const down = keys.map((key): Step => ({ ...at, type: "keyDown", key }));
  const up = [...keys].reverse().map((key): Step => ({ ...at, type: "keyUp", key }));
  return [...down, ...steps, ...up];
}

/** Braces that a person typed are braces. */
function plain(text: string): string {
  return text.replace(/\{\{(?=\s*[A-Za-z])/g, "\\{{");
}

function nameOf(name: string): RecordedSecret {
  return Object.hasOwn(recordedSecrets, name) ? (name as RecordedSecret) : "password";
}

function isExtract(step: Step): boolean {
  return step.type === "customStep" && step.name === "deskhand.extract";
}

type FieldStep = { selectors?: Selectors | undefined; frame?: number[] | undefined; target?: string | undefined };

function isSameField(a: FieldStep, b: FieldStep): boolean {
  return isSame([a.selectors, a.frame, a.target], [b.selectors, b.frame, b.target]);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

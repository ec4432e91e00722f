import type { Selectors } from "@deskhand/shared/schemas/step-parts";

/** A place on an element, px from its top left corner. */
export type Spot = { selectors: Selectors; offsetX: number; offsetY: number };

/** What a person did to a page, as the page's own part of the recorder saw it. A secret's value never gets so far. */
export type Observed =
  | ({ kind: "click" | "doubleClick"; button: number; touch: boolean; modifiers: string[] } & Spot)
  | ({ kind: "drag"; to: Spot; touch: boolean } & Spot)
  | { kind: "change"; selectors: Selectors; value: string }
  /** In a list of which several may be chosen; `value` and `options` as the step recorder writes them. */
  | { kind: "choices"; selectors: Selectors; value: string; options: Selectors[] }
  /** `name`: of the input that stands for what was typed. */
  | { kind: "secret"; selectors: Selectors; name: string }
  | { kind: "key"; key: string; modifiers: string[] }
  | { kind: "scroll"; selectors: Selectors | null; x: number; y: number }
  | { kind: "files"; selectors: Selectors; names: string[] }
  | { kind: "picked"; selectors: Selectors; text: string; attributes: string[] }
  /** The script stands in a document, and does not know yet whether something is to be picked. */
  | { kind: "ready" };

/** What a click means while something is to be picked: the element, the table or list around it, or what it always means. */
export type PickMode = "element" | "table" | "";

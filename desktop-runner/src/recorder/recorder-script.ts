import { createRecorderEngine } from "../workflow/selector-engine.ts";
import type { Observed, PickMode } from "./observed.ts";
import { createSelectorMaker, type PageEngine } from "./selector-maker.ts";
import { watchDrags } from "./watch-drags.ts";
import { watchHands } from "./watch-hands.ts";

/** How the script and the worker call each other, in a world of their own that the page cannot see. */
export const tellName = "deskhandTell";
export const pickName = "deskhandPick";

/** The page's part of the recorder as a text: functions that know nothing but each other. */
export function recorderScript(): string {
  return `(${start})(${createRecorderEngine}, ${createSelectorMaker}, ${watchHands}, ${watchDrags}, ${JSON.stringify({ tellName, pickName })});`;
}

/** Runs inside the page. */
function start(
  makeEngine: () => PageEngine,
  makeMaker: typeof createSelectorMaker,
  watch: typeof watchHands,
  drags: typeof watchDrags,
  names: { tellName: string; pickName: string },
): void {
  const world = globalThis as unknown as Record<string, unknown>;
  // a document is given the script once, whether it was there already or comes
  if (world[names.pickName]) return;
  const tell = (observed: Observed) => {
    const send = world[names.tellName] as ((text: string) => void) | undefined;
    send?.(JSON.stringify(observed));
  };
  const pick: (mode: PickMode) => void = watch(makeMaker(makeEngine()), drags, tell);
  world[names.pickName] = pick;
  tell({ kind: "ready" });
}

import type { TrialAct, TrialNews } from "@deskhand/shared/protocol/trial";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import { fillStep } from "@deskhand/shared/schemas/template";
import type { BrowserContext, Frame, Page } from "playwright-core";
import type { RunState } from "../workflow/run-state.ts";
import { playwrightSelector } from "../workflow/selector-engine.ts";
import { findPlace, placeSelectors } from "../workflow/step-scope.ts";

export type Look = NonNullable<Extract<TrialAct, { do: "probe" }>["look"]>;
export type Probe = NonNullable<TrialNews["probe"]>;

/** So many of the elements are shown. */
const maxBoxes = 20;
/** A window or frame that is not there now is not waited for; milliseconds. */
const placeMs = 50;

const nothing: Probe = { counts: [], chosen: null, boxes: [] };

export type PlaceToLook = { context: BrowserContext; page: Page; recording: Recording; state: Pick<RunState, "values" | "elements"> };

/** What ways lead to on the page as it is, looked for as a step would. What cannot be looked for leads to nothing. */
export async function probePage(look: Look, { context, page, recording, state }: PlaceToLook): Promise<Probe> {
  const { selectors, ...place } = look;
  const step = { ...place, type: "waitForElement", selectors };
  // read as a step of the document, so that nothing is looked for that a step could not say
  const parsed = parseRecordingData({ ...recording, steps: [step] });
  const [read] = parsed.ok ? parsed.recording.steps : [];
  if (read?.type !== "waitForElement") return { ...nothing, counts: selectors.map(() => 0) };
  const filled = placeSelectors(fillStep(read, state.values), state.elements) as typeof read;
  try {
    const { frame } = await findPlace(context, page, filled, Date.now() + placeMs);
    return await lookIn(frame, filled.selectors);
  } catch {
    // it navigates, or the window is gone: the next look sees it
    return { ...nothing, counts: selectors.map(() => 0) };
  }
}

async function lookIn(frame: Frame, selectors: Selectors): Promise<Probe> {
  const all = (selector: Selectors[number]) => frame.locator(playwrightSelector([selector], true));
  const counts = await Promise.all(selectors.map((selector) => all(selector).count()));
  const visible = await Promise.all(
    selectors.map((selector, at) => ((counts[at] ?? 0) > 0 ? all(selector).locator("visible=true").count() : 0)),
  );
  const seen = visible.findIndex((count) => count > 0);
  const chosen = seen >= 0 ? seen : counts.findIndex((count) => count > 0);
  const way = selectors[chosen];
  if (way === undefined) return { counts, chosen: null, boxes: [] };
  // the one that a step acts on comes first, and may come again among all of its way
  const found = [frame.locator(playwrightSelector(selectors)), ...(await all(way).locator("visible=true").all()).slice(0, maxBoxes - 1)];
  const boxes = await Promise.all(found.map((locator) => locator.boundingBox({ timeout: 1_000 }).catch(() => null)));
  return { counts, chosen, boxes: boxes.filter((box) => box !== null) };
}

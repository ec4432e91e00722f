import { describeSelectors } from "@deskhand/shared/schemas/label-words";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { Locator } from "playwright-core";
import { pollUntil } from "./polling.ts";
import type { TriedSelector } from "./run-services.ts";
import { playwrightSelector } from "./selector-engine.ts";
import { StepFailure } from "./step-failure.ts";
import type { StepScope } from "./step-scope.ts";

/**
 * The element that a step names. Its alternatives are tried in their order, the one that led to it last time first; the one that does now
 * is remembered. When none does by the deadline the locator waits in vain, and {@link notFound} tells why.
 */
export async function findElement(selectors: Selectors, scope: StepScope): Promise<Locator> {
  const { selectors: memory } = scope.services;
  if (!memory || selectors.length < 2) return scope.frame.locator(playwrightSelector(selectors));
  const known = memory.recall(scope.index);
  const order = [...selectors.keys()].sort((a, b) => Number(b === known) - Number(a === known));
  const winner = await pollUntil(scope.deadline, async () => {
    for (const alternative of order) if ((await visibleCount([selectors[alternative] ?? ""], scope)) > 0) return alternative;
    return undefined;
  });
  if (winner !== undefined && winner !== known) memory.remember(scope.index, winner);
  const first = winner ?? known;
  const ordered = [...selectors.keys()].sort((a, b) => Number(b === first) - Number(a === first)).map((at) => selectors[at] ?? "");
  return scope.frame.locator(playwrightSelector(ordered));
}

/** Why a step did not find its element: in the log alternative by alternative, and with what a repair needs. */
export async function notFound(selectors: Selectors, scope: StepScope): Promise<StepFailure> {
  const params = { selector: describeSelectors(selectors), seconds: scope.timeoutMs / 1000 };
  const tried: TriedSelector[] = [];
  let isThere = false;
  for (const selector of selectors) {
    const all = await scope.frame
      .locator(playwrightSelector([selector], true))
      .count()
      .catch(() => 0);
    const visible = all > 0 ? await visibleCount([selector], scope).catch(() => 0) : 0;
    isThere ||= all > 0;
    const why =
      all === 0
        ? "nothing on the page matches it"
        : visible === 0
          ? `${all} match it, and none can be seen`
          : "it moved, or something covers or disables it";
    tried.push({ selector: [selector].flat().join(" › "), why });
  }
  for (const { selector, why } of tried) scope.warn(`Tried ${selector}: ${why}.`);
  const failure = new StepFailure(isThere ? "ELEMENT_NOT_READY" : "SELECTOR_NOT_FOUND", params);
  if (!isThere) failure.search = { page: scope.page, frame: scope.frame, selectors, tried };
  return failure;
}

function visibleCount(selectors: Selectors, scope: StepScope): Promise<number> {
  return scope.frame.locator(playwrightSelector(selectors, true)).locator("visible=true").count();
}

import type { PreparedContext } from "../browser/browser-shard.ts";
import { findObstacle } from "../workflow/find-obstacle.ts";
import { codeOf } from "../workflow/profile-code.ts";
import type { RunServices } from "../workflow/run-services.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import { createRepairs } from "./keep-repair.ts";
import type { PageWatch } from "./page-watch.ts";
import type { RunParts } from "./run-parts.ts";
import type { SelectorMemory } from "./selector-memory.ts";
import { sendThrough } from "./send-through.ts";

/** What the steps of a run reach beyond the browser: all of it under the policy that holds at that moment. */
export function servicesOf(
  { order, policy, workflows, mask, store, hold }: RunParts,
  { gate }: PreparedContext,
  watch: PageWatch,
  memory: SelectorMemory | undefined,
): RunServices {
  return {
    workflows,
    hold,
    waitForPerson: (index, wish) => hold.askPerson({ index, ...wish }),
    findObstacle,
    ...(order.totp !== undefined && { code: () => codeOf(order.totp ?? "", Date.now()) }),
    request: async (request, limits) => {
      try {
        return await sendThrough(gate, request, { ...limits, maxBytes: policy.maxBytes() });
      } catch (error) {
        const refusal = error instanceof StepFailure ? error.params.refusal : undefined;
        if (refusal) policy.refused(refusal);
        throw error;
      }
    },
    downloads: watch.downloads,
    dialogs: watch.dialogs.steps,
    allow: policy.allow,
    onSecret: mask.add,
    ...(memory && { selectors: memory }),
    onNotFound: createRepairs(store, mask),
  };
}

import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import type { Signal, SignalFeed } from "@/server/signals";
import { findRun, getRun } from "./queries.ts";
import { revisionOf } from "./view.ts";

/**
 * The run as soon as it is another than at revision `after`: so that who follows a run asks once for each change and not all the
 * time. A run that is over is told at once.
 * @param input.wait seconds after which it is told even if nothing changed
 * @throws AppError as getRun
 */
export async function waitForRun(
  ctx: Context,
  input: { id: string; after?: string | undefined; wait: number },
  feed: SignalFeed,
  signal: AbortSignal | undefined,
): Promise<RunDetail> {
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let changed = Promise.withResolvers<void>();
  const onSignal = (heard: Signal) => {
    if (heard.kind === "change" && heard.topic === "run" && ids.has(heard.id)) changed.resolve();
  };
  const onResync = () => changed.resolve();
  // of many runs at once only their deployment is told
  const ids = new Set([input.id]);
  feed.on("signal", onSignal);
  feed.on("resync", onResync);
  const timer = setTimeout(end, input.wait * 1000);
  signal?.addEventListener("abort", () => end(), { once: true });
  try {
    for (let waiting = !signal?.aborted; waiting; ) {
      changed = Promise.withResolvers<void>();
      const run = await findRun(ctx, input.id, "project.read");
      ids.add(run.deploymentId);
      if (isFinal(run.state) || revisionOf(run) !== input.after) break;
      waiting = await Promise.race([changed.promise.then(() => true), over.then(() => false)]);
    }
  } finally {
    clearTimeout(timer);
    feed.off("signal", onSignal);
    feed.off("resync", onResync);
  }
  return getRun(ctx, input);
}

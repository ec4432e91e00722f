import type { Change } from "@deskhand/shared/schemas/change";
import type { Context } from "@/server/context";
import { AppError, toAppError } from "@/server/errors";
import type { Signal, SignalFeed } from "@/server/signals";
import { authorize } from "./policy.ts";

type Pace = {
  /** The same hint comes at most once in this many milliseconds. */
  coalesceMs: number;
  /** How often it is asked again whether the actor may still look, in milliseconds. */
  recheckMs: number;
};

/**
 * Tells of changes in a project until `signal` aborts: hints to look again, without data. It begins with a hint that means everything
 * (topic `project`), and gives one again whenever hints may have been lost. The iterator throws when the actor may not look any more.
 * @throws AppError as `authorize` for project.read
 */
export async function watchProject(
  ctx: Context,
  input: { projectId?: string | undefined },
  feed: SignalFeed,
  signal: AbortSignal | undefined,
  pace: Pace = { coalesceMs: 50, recheckMs: 60_000 },
): Promise<AsyncGenerator<Change, void, void>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  return changesOf(ctx, projectId, feed, signal, pace);
}

async function* changesOf(ctx: Context, projectId: string, feed: SignalFeed, signal: AbortSignal | undefined, pace: Pace) {
  const everything: Change = { projectId, topic: "project", id: projectId };
  let waiting = new Map([["everything", everything]]);
  let wake = () => {};
  const put = (key: string, change: Change) => {
    waiting.set(key, change);
    wake();
  };
  const onSignal = (heard: Signal) => {
    if (heard.kind !== "change" || heard.projectId !== projectId) return;
    put(`${heard.topic}:${heard.id}`, { projectId, topic: heard.topic, id: heard.id });
  };
  const onResync = () => put("everything", everything);
  /** Ends after `ms`, on abort, and with `orHint` when a hint comes. */
  const pause = (ms: number, orHint: boolean) =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        wake = () => {};
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener("abort", end);
      if (orHint) wake = end;
      if (signal?.aborted || (orHint && waiting.size > 0)) end();
    });
  feed.on("signal", onSignal);
  feed.on("resync", onResync);
  let checkAt = performance.now() + pace.recheckMs;
  try {
    while (!signal?.aborted) {
      await pause(Math.max(0, checkAt - performance.now()), true);
      if (performance.now() >= checkAt) {
        await checkAgain(ctx, projectId);
        checkAt = performance.now() + pace.recheckMs;
      }
      const due = waiting;
      waiting = new Map();
      for (const change of due.values()) {
        if (signal?.aborted) return;
        yield change;
      }
      if (due.size > 0) await pause(pace.coalesceMs, false); // what comes meanwhile goes out together
    }
  } finally {
    feed.off("signal", onSignal);
    feed.off("resync", onResync);
  }
}

/** Membership, session and key may have ended since the subscription began. A database that is away ends nothing. */
async function checkAgain(ctx: Context, projectId: string): Promise<void> {
  try {
    await authorize(ctx, projectId, "project.read");
    const { actor } = ctx;
    const alive =
      actor.kind === "user"
        ? await ctx.db.session.count({ where: { id: actor.sessionId, revokedAt: null, expiresAt: { gt: ctx.clock.now() } } })
        : actor.kind === "apiKey"
          ? await ctx.db.apiKey.count({ where: { id: actor.apiKeyId, revokedAt: null } })
          : 0;
    if (alive === 0) throw new AppError("UNAUTHENTICATED");
  } catch (error) {
    const app = toAppError(error);
    if (app.code !== "DATABASE_UNAVAILABLE") throw app;
  }
}

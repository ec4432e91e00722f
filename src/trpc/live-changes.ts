"use client";

import type { Change, ChangeTopic } from "@deskhand/shared/schemas/change";
import { skipToken, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef, useState } from "react";
import { askAgain } from "./ask-again.ts";
import { useTRPC } from "./client.tsx";
import { isCostly, readQueryKey } from "./query-key.ts";

/** live: changes arrive by themselves · connecting: soon · lost: not at the moment, it keeps trying. */
export type LiveState = "live" | "connecting" | "lost";

/** Which routers' answers a change makes out of date: a run also changes its profile's, runner's and workflow's row; `project` means all. */
const affected: Record<Exclude<ChangeTopic, "project">, readonly string[]> = {
  runner: ["runner", "backup", "profile", "run"],
  profile: ["profile", "profileGroup", "profileRequest", "profileMove", "runner", "proxy", "run"],
  proxy: ["proxy"],
  workflow: ["workflow"],
  deployment: ["deployment", "trigger", "run", "workflow"],
  run: ["run", "deployment", "profile", "runner", "workflow"],
  apiKey: ["apiKey"],
  signingKey: ["signingKey"],
  alert: ["alert", "webhook"],
};

/**
 * Does a change make the answer to the query with this key out of date? A run's own answer follows only from that run, from its
 * runner going on- or offline, or from a profile that changes hands.
 */
export function isAffected(change: Pick<Change, "topic" | "id">, queryKey: readonly unknown[]): boolean {
  const query = readQueryKey(queryKey);
  if (!query || isCostly(queryKey)) return false;
  if (change.topic === "project") return true;
  const [router = "", name = ""] = query.path;
  if (!affected[change.topic].includes(router)) return false;
  // a run that waits for its profile tells who has it; what lists tell of runs comes with the runs' own changes
  if (change.topic === "profile" && router === "run") return name === "get";
  if (change.topic !== "run" || router !== "run" || name !== "get") return true;
  return (query.input as { id?: unknown } | undefined)?.id === change.id;
}

/**
 * The one live subscription of a project: each hint asks again for the answers that it concerns, and so does each new connection,
 * because hints may have been lost before it. Hints that come while answers are on their way are gathered, so a busy project costs
 * one round of questions at a time.
 */
export function useLiveChanges(projectId: string | undefined): LiveState {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const pending = useRef<{ changes: Pick<Change, "topic" | "id">[]; all: boolean; busy: boolean }>({
    changes: [],
    all: false,
    busy: false,
  });
  const [everLive, setEverLive] = useState(false);

  const flush = async () => {
    const queue = pending.current;
    if (queue.busy) return;
    queue.busy = true;
    while (queue.all || queue.changes.length > 0) {
      const { changes, all } = queue;
      queue.changes = [];
      queue.all = false;
      await askAgain(queryClient, (key) => (all ? !isCostly(key) : changes.some((change) => isAffected(change, key))));
    }
    queue.busy = false;
  };

  const subscription = useSubscription(
    trpc.live.changes.subscriptionOptions(projectId ? { projectId } : skipToken, {
      onStarted: () => {
        setEverLive(true);
        pending.current.all = true;
        void flush();
      },
      onData: (change) => {
        pending.current.changes.push(change);
        void flush();
      },
    }),
  );

  // the server ends a subscription that it refuses; a new try after a while finds out whether it still does
  const { status, reset } = subscription;
  useEffect(() => {
    if (status !== "error") return;
    const timer = setTimeout(reset, 5_000);
    return () => clearTimeout(timer);
  }, [status, reset]);

  if (status === "pending") return "live";
  return everLive || status === "error" ? "lost" : "connecting";
}

import { openedResult, PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import { PROFILES_AT_ONCE, type ProfileTarget } from "@deskhand/shared/schemas/profile-bulk";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { notifyError } from "@/components/notify";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { useSigner } from "@/trpc/signing";
import { type Chosen, useMany } from "./use-many.ts";

export type ManyOrder = "open" | "close";
export type OrderProgress = {
  order: ManyOrder;
  total: number;
  done: number;
  /** Of those that are done: kept on the disk until there is memory for them. */
  hibernating: number;
  failed: { id: string; name: string; code: string }[];
  over: boolean;
};

const lookEveryMs = 700;

/** Starts or stops many profiles, and tells how far that has come. What was asked goes on when nobody looks any more. */
export function useOrderMany() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  const { sign } = useSigner();
  const many = useMany();
  const [progress, setProgress] = useState<OrderProgress | null>(null);
  const asked = useRef(0);

  /** All are asked for before the first is waited for: a runner that is offline keeps no other waiting. */
  async function ask(order: ManyOrder, targets: ProfileTarget[], onRefused: (refused: OrderProgress["failed"]) => void) {
    const tasks: string[] = [];
    for (const [runnerId, own] of Map.groupBy(targets, (target) => target.runnerId)) {
      const runner = await queryClient.fetchQuery({ ...trpc.runner.get.queryOptions({ id: runnerId }), staleTime: 10_000 });
      const size = runner.signaturesRequired ? PROFILES_PER_TASK : PROFILES_AT_ONCE;
      for (let from = 0; from < own.length; from += size) {
        const profileIds = own.slice(from, from + size).map(({ id }) => id);
        const signedManifest = await sign(runner, () => orderManifest(runnerId, `profiles.${order}`, { profileIds }));
        const ordered = await client.profiles[order].mutate({ projectId, ids: profileIds, signedManifest });
        tasks.push(...ordered.tasks.map(({ id }) => id));
        onRefused(ordered.refused);
      }
    }
    return tasks;
  }

  async function run(order: ManyOrder, chosen: Chosen): Promise<void> {
    const mine = ++asked.current;
    const isWanted = () => asked.current === mine;
    const now: OrderProgress = { order, total: 0, done: 0, hibernating: 0, failed: [], over: false };
    const tell = () => isWanted() && setProgress({ ...now, failed: [...now.failed] });
    try {
      const targets = await many.targetsOf(chosen);
      const names = new Map(targets.map(({ id, name }) => [id, name]));
      now.total = targets.length;
      tell();
      const waiting = await ask(order, targets, (refused) => now.failed.push(...refused));
      tell();
      // a runner's tasks end in the order in which they were asked for: the first that is not over says when there is news
      while (isWanted()) {
        const [id] = waiting;
        if (!id) break;
        const task = await client.task.get.query({ id });
        if (task.finishedAt === null) {
          await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
          continue;
        }
        waiting.shift();
        const result = openedResult.safeParse(task.result).data;
        now.done += result?.done ?? 0;
        now.hibernating += result?.hibernating ?? 0;
        now.failed.push(
          ...(result?.failed ?? []).map(({ id: profileId, code }) => ({ id: profileId, name: names.get(profileId) ?? "", code })),
        );
        tell();
      }
      now.over = true;
      tell();
    } catch (error) {
      if (isWanted()) setProgress(null);
      notifyError(error);
    }
    await many.refresh();
  }

  return {
    progress,
    run,
    dismiss: () => {
      asked.current++;
      setProgress(null);
    },
  };
}

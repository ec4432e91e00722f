import { errorWords } from "@deskhand/shared/error-words";
import type { HoldInput, HoldNews } from "@deskhand/shared/protocol/hold";
import { HOLD_KEEP_MS } from "@deskhand/shared/protocol/hold-times";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { notifyDone, notifyError } from "@/components/notify";
import { passingKey } from "@/trpc/browser-key";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { waitForTask } from "@/trpc/wait-for-task";
import { WordedError } from "@/trpc/worded-error";
import { createHoldSender, type HoldSender } from "./hold-sender.ts";
import type { SendHold } from "./use-live-view.ts";

type Held = { holdId: string; sender: HoldSender };

/** A run's page in this person's hands. */
export type Hold = {
  take(): void;
  isTaking: boolean;
  isMine: boolean;
  news: HoldNews | null;
  /** From the hand to the page and back, milliseconds; null before the first. */
  delayMs: number | null;
  add(...inputs: HoldInput[]): void;
  giveBack(): void;
  /** As {@link giveBack}, of a run that does not go on. */
  letGo(): void;
};

export function useHold(run: Pick<RunDetail, "id" | "runnerId" | "held">, send: SendHold, news: HoldNews | null): Hold {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  const held = useRef<Held | null>(null);
  const [holdId, setHoldId] = useState<string | null>(null);
  const [delayMs, setDelay] = useState<number | null>(null);

  const leave = () => {
    held.current?.sender.close();
    held.current = null;
    setHoldId(null);
    setDelay(null);
  };
  const take = useMutation({
    mutationFn: async () => {
      const key = await passingKey();
      const payload = { runId: run.id, key: key?.publicKey ?? null };
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: run.runnerId }));
      const signedManifest = await sign(runner, () => orderManifest(run.runnerId, "run.hold", payload));
      const { id } = await client.run.hold.mutate({ id: run.id, key: payload.key, signedManifest });
      await waitForTask(client, id);
      const sender = createHoldSender({
        send: async (seq, inputs) => {
          const text = JSON.stringify({ holdId: id, seq, inputs });
          const signature = key && btoa(String.fromCharCode(...(await key.sign(new TextEncoder().encode(text)))));
          const answer = await send({ v: 1, runId: run.id, holdId: id, text, ...(signature ? { signature } : {}) });
          if (answer.ok) return;
          // what the runner has ended is over here too
          if (answer.code === "HOLD_OVER") leave();
          throw new WordedError(errorWords[answer.code]);
        },
        onDelay: setDelay,
        onTrouble: notifyError,
      });
      held.current = { holdId: id, sender };
      setHoldId(id);
    },
    onError: notifyError,
    onSettled: () => queryClient.invalidateQueries(trpc.run.get.queryFilter({ id: run.id })),
  });

  useEffect(() => {
    if (!holdId) return;
    const timer = setInterval(() => held.current?.sender.add({ t: "keep" }), HOLD_KEEP_MS);
    return () => clearInterval(timer);
  }, [holdId]);
  // a page that is left lets go; a runner that does not hear of it takes its page back by itself
  useEffect(() => () => held.current?.sender.add({ t: "give-back" }), []);

  const letGo = () => {
    held.current?.sender.add({ t: "give-back" });
    // what is under way is still sent
    held.current = null;
    setHoldId(null);
    setDelay(null);
  };
  return {
    take: () => take.mutate(),
    isTaking: take.isPending,
    isMine: holdId !== null,
    news: news?.holdId === holdId ? news : null,
    delayMs,
    add: (...inputs) => held.current?.sender.add(...inputs),
    letGo,
    giveBack: () => {
      letGo();
      notifyDone("The run goes on.");
    },
  };
}

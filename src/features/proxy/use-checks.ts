import type { ProxyView } from "@deskhand/shared/schemas/proxy";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { useEffect, useState } from "react";
import { notifyError } from "@/components/notify";
import { useProxyOrders } from "./use-proxy-orders.ts";

/** A runner gives up each proxy after 15 s: when nothing comes for so long, nobody checks any more, milliseconds. */
const silenceMs = 90_000;

type Under = Map<string, string | null>;

/** Checks that a person asked for: which proxies are being looked at, how far it is, and how many gave no answer in the end. */
export function useChecks(proxies: readonly ProxyView[], runner: RunnerView | undefined) {
  const orders = useProxyOrders();
  const [asked, setAsked] = useState<Under>(new Map());
  const isWaiting = (proxy: ProxyView) => asked.has(proxy.id) && asked.get(proxy.id) === (proxy.lastCheck?.at ?? null);
  const waiting = proxies.filter(isWaiting);
  const [unanswered, setUnanswered] = useState(0);
  const left = waiting.length;
  useEffect(() => {
    if (left === 0) return;
    // begun anew with each answer
    const late = setTimeout(() => {
      setAsked(new Map());
      setUnanswered(left);
    }, silenceMs);
    return () => clearTimeout(late);
  }, [left]);
  const start = async (chosen: readonly ProxyView[]) => {
    if (!runner) return;
    setUnanswered(0);
    setAsked(new Map(chosen.map(({ id, lastCheck }) => [id, lastCheck?.at ?? null])));
    try {
      await orders.check(
        runner,
        chosen.map(({ id }) => id),
      );
    } catch (error) {
      setAsked(new Map());
      notifyError(error);
    }
  };
  return { start, isWaiting, total: asked.size, done: asked.size - left, unanswered };
}

import type { ProxyFinding } from "@deskhand/shared/schemas/proxy";
import { Gate, RefusedByPolicy } from "../policy/gate.ts";
import { ProxyFailure } from "../policy/upstream/proxy-failure.ts";
import { findExit } from "../proxies/find-exit.ts";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

/** Proxies that are looked at side by side. */
const atOnce = 8;

/** Asks a service through each proxy where it leads out, each with a time limit of its own, and tells what was found of all. */
export const checkProxies: TaskHandler<"proxy.check"> = async ({ proxyIds }, context): Promise<TaskEnd> => {
  const findings: ProxyFinding[] = [];
  const waiting = [...new Set(proxyIds)];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined && !context.signal.aborted; id = waiting.shift()) {
      findings.push(await check(id, context));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (context.signal.aborted) return { state: "failed", failureCode: "CANCELLED", result: { findings } };
  return { state: "succeeded", result: { findings } };
};

async function check(proxyId: string, { proxies, network, signal }: TaskContext): Promise<ProxyFinding> {
  const nothing = { proxyId, exit: null, latencyMs: null };
  const hop = await proxies.hop(proxyId);
  if (!hop) return { ...nothing, failureCode: "PROXY_MISSING" };
  const gate = await Gate.open();
  try {
    gate.setPolicy(network());
    gate.setProxies([hop]);
    const { exit, latencyMs } = await findExit((target) => gate.connect(target), { signal });
    return { proxyId, exit, latencyMs, failureCode: null };
  } catch (error) {
    const failureCode =
      error instanceof RefusedByPolicy ? "POLICY_DENIED" : error instanceof ProxyFailure ? error.code : "PROXY_CHECK_FAILED";
    return { ...nothing, failureCode };
  } finally {
    gate.close();
  }
}

import * as z from "zod";
import { id } from "./common.ts";

/** Most proxies in a row. */
export const PROXY_CHAIN_MAX = 3;

/** How a profile reaches the network. */
export const proxySetting = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("proxy"), proxyId: id }),
  /** The first is the one that the runner connects to, the last the one that sites see. */
  z.object({
    kind: z.literal("chain"),
    proxyIds: z
      .array(id)
      .min(2, "A chain has at least two proxies.")
      .max(PROXY_CHAIN_MAX, `A chain has at most ${PROXY_CHAIN_MAX} proxies.`)
      .refine((ids) => new Set(ids).size === ids.length, "A proxy is in the chain twice."),
  }),
  z.object({ kind: z.literal("pool"), poolId: id }),
]);
export type ProxySetting = z.infer<typeof proxySetting>;

/** What happens when the proxy's exit is in another country or time zone than the identity: a line in the run's log, or no run. */
export const onMismatch = z.enum(["warn", "block"]);

export function proxyIdsOf(setting: ProxySetting): string[] {
  if (setting.kind === "proxy") return [setting.proxyId];
  return setting.kind === "chain" ? setting.proxyIds : [];
}

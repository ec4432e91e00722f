import type { TaskEnd, TaskHandler } from "./task.ts";

/** Keeps what these proxies and pools are like from here on. */
export const configureProxies: TaskHandler<"proxy.configure"> = ({ proxies, pools, removed }, context): TaskEnd => {
  context.proxies.configure({ proxies, pools, removed });
  return { state: "succeeded" };
};

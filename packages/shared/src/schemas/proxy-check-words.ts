import { describeRunFailure, type RunFailureCode, type RunFailureWords } from "./run-failure.ts";

/** The words for a check of the proxy at `host` that failed. They name the hosts: no page has been refused that could be looked up. */
export function describeCheckFailure(code: RunFailureCode, host = "HOST"): RunFailureWords {
  if (code !== "POLICY_DENIED") return describeRunFailure(code);
  return {
    title: "The runner's policy does not allow the proxy, or the service that tells where it leads out.",
    whatToDo: `On the runner's computer, “deskhand policy allow ${host}” allows the proxy, and “deskhand policy allow ipinfo.io” the service. Then check again.`,
  };
}

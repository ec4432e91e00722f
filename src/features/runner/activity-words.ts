import type { Causer, CommandChange, CommandView } from "@deskhand/shared/schemas/command";
import { isFinal } from "@deskhand/shared/schemas/run";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";

type Words = { title: string; detail: string | null };

/** What was asked of the runner: "Run Nightly export on Practice". */
export function commandTitle({ kind, workflowName, profileName }: Pick<CommandView, "kind" | "workflowName" | "profileName">): string {
  switch (kind) {
    case "run.start":
      return `Run ${workflowName ?? "a workflow"}${profileName ? ` on ${profileName}` : ""}`;
    case "profile.delete":
      return `Delete the profile ${profileName ?? ""}`.trim();
    default:
      return kind;
  }
}

/** Who caused it, as the subject of a sentence. */
export function causerWords({ kind, name }: Causer): string {
  switch (kind) {
    case "user":
      return name ?? "Somebody who left";
    case "apiKey":
      return name ? `API key ${name}` : "An API key that is gone";
    case "runner":
      return name ?? "The runner";
    case "system":
      return "Deskhand";
  }
}

const changes: Record<CommandChange["to"], string> = {
  queued: "Asked",
  leased: "Sent to the runner",
  accepted: "Taken by the runner",
  running: "Begun",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
  expired: "Expired",
};

const reasons: Record<string, string> = {
  CANCEL_REQUESTED: "Cancel asked",
  CANCEL_CONFIRMED: "The runner confirmed that it stopped",
  ALREADY_SUCCEEDED: "The runner had already succeeded; the cancel stands",
  ALREADY_FAILED: "The runner had already failed; the cancel stands",
};

/** One line of a command's history, and why when there is more to say. */
export function changeWords({ from, to, reason }: Pick<CommandChange, "from" | "to" | "reason">): Words {
  if (from === to && reason) return { title: reasons[reason] ?? reason, detail: null };
  const told = to !== "succeeded" && isFinal(to) && isRunFailureCode(reason) && reason !== "CANCELLED";
  return { title: changes[to], detail: told ? describeRunFailure(reason).title : null };
}

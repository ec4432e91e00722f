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
    case "profile.restore":
      return `Bring the profile ${profileName ?? ""} back`.replace("  ", " ");
    case "proxy.configure":
      return "Change proxies";
    case "proxy.check":
      return "Check proxies";
    case "profile.import":
      return `Import into the profile ${profileName ?? ""}`.trim();
    case "profile.export":
      return `Export the profile ${profileName ?? ""}`.trim();
    case "profile.configure":
      return "Change how profiles are";
    case "profile.move-out":
      return `Send the profile ${profileName ?? ""} to another runner`.replace("  ", " ");
    case "profile.move-in":
      return `Take the profile ${profileName ?? ""} from another runner`.replace("  ", " ");
    case "profile.claim":
      return `Go on with the copy of the profile ${profileName ?? ""}`.trim();
    case "profile.clone":
      return `Copy the profile ${profileName ?? ""}`.trim();
    case "profiles.delete":
      return "Delete profiles";
    case "profiles.restore":
      return "Bring profiles back";
    case "profiles.open":
      return "Start profiles";
    case "profiles.close":
      return "Stop profiles";
    case "profile.open":
      return `Open the profile ${profileName ?? ""}`.trim();
    case "profile.close":
      return `Close the profile ${profileName ?? ""}`.trim();
    case "profile.convert":
      return `Move the profile ${profileName ?? ""} to the other engine`.replace("  ", " ");
    case "profile.states":
      return `List the saved states of ${profileName ?? "a profile"}`;
    case "profile.restore-state":
      return `Bring back an earlier state of ${profileName ?? "a profile"}`;
    case "backup.run":
      return "Back up, or verify the backup";
    case "backup.status":
      return "Say how backups stand";
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

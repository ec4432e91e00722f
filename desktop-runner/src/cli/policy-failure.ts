import { PolicyEditError } from "../policy/edit-policy.ts";
import type { Policy } from "../policy/policy-file.ts";
import { settingNames } from "../policy/policy-settings.ts";
import { CliError, usageError } from "./failure.ts";

/** Makes an edit, and gives its refusal the words of a command. */
export function edited(edit: () => Policy): Policy {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof PolicyEditError)) throw error;
    switch (error.reason) {
      case "DAMAGED":
        throw damaged(error.message);
      case "UNKNOWN_RULE":
        throw usageError(error.message, "`deskhand policy list` shows the rules as they are written.");
      case "TOO_MANY_RULES":
        throw usageError(error.message, "Remove some, or use patterns like *.example.com.");
      case "UNKNOWN_SETTING":
        throw usageError(error.message, `There are: ${settingNames.join(", ")}.`);
      case "INVALID":
        throw usageError(error.message, "`deskhand help policy` shows how it is used.");
    }
  }
}

/** The policy cannot be read; `message` says why. */
export function damaged(message: string): CliError {
  return new CliError(
    "POLICY_DAMAGED",
    3,
    `${message} Until then the runner refuses everything.`,
    "Correct the file, or run `deskhand policy reset` to begin again with nothing allowed.",
  );
}

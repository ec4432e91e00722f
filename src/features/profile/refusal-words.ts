import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { wordsOfRefusal } from "@/components/error-words";

const reasons: Record<string, string> = {
  NOT_FOUND: "it is not there any more.",
  CONFLICT: "somebody changed it in the meantime. Look at it, then decide.",
  INVALID_INPUT: "it would have more than 20 tags.",
  PROFILE_IN_USE: "it is in use.",
  PROFILE_SCHEDULED: "a schedule runs on it.",
  PROFILE_ON_OTHER_RUNNER: "it has moved to another runner in the meantime. Try again.",
  NAME_TAKEN: "another has the name by now.",
  RUNNER_TIMEOUT: "its runner has not answered.",
  RUNNER_NOT_ACCEPTED: "its runner is not connected to the project any more.",
};

/** Why something was not done to a profile, behind its name and a colon. */
export function refusalWords(code: string): string {
  return reasons[code] ?? (isRunFailureCode(code) ? describeRunFailure(code).title : wordsOfRefusal(code));
}

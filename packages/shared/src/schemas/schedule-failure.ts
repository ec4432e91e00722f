import { describeRunFailure, isRunFailureCode, type RunFailureWords } from "./run-failure.ts";

const own: Record<string, RunFailureWords> = {
  COMMAND_EXPIRED: {
    title: "The runner did not hear of it while it could still be done.",
    whatToDo: "Check that its computer is on and connected, then ask again.",
  },
  RUNNER_LOST: {
    title: "The runner has not said what became of it.",
    whatToDo: "Check that its computer is on and connected, then ask again.",
  },
  RUNNER_REVOKED: {
    title: "The runner is not the project's any more.",
    whatToDo: "What it has it may still do: stop Deskhand on its computer.",
  },
  POLICY_DENIED: {
    title: "The runner does not allow it, or its signature was too late or not approved there.",
    whatToDo: "Look at what was refused on the runner's page, then ask again.",
  },
  CANCELLED: { title: "Something else was asked instead.", whatToDo: "Ask again if it is still wanted." },
};

/** Why a runner did not do what it was asked to do with a schedule. */
export function describeScheduleFailure(code: string): RunFailureWords {
  return own[code] ?? describeRunFailure(isRunFailureCode(code) ? code : "INTERNAL");
}

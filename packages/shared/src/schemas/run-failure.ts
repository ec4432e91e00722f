import { describeRefusal, type RefusalFacts } from "./refusal-words.ts";

/** Why a run did not succeed: the closed list that a runner or the server may put on a run. */
export const runFailureCodes = [
  "SELECTOR_NOT_FOUND",
  "ELEMENT_NOT_READY",
  "NAVIGATION_FAILED",
  "STEP_TIMEOUT",
  "STEP_INVALID",
  "ASSERTION_FAILED",
  "EXPRESSION_FAILED",
  "TARGET_NOT_FOUND",
  "FRAME_NOT_FOUND",
  "PAGE_CLOSED",
  "PAGE_CRASHED",
  "BROWSER_MISSING",
  "BROWSER_CRASHED",
  "INPUT_INVALID",
  "RUNNER_RESTARTED",
  "RUNNER_DISK_FULL",
  "POLICY_DENIED",
  "PROFILE_BUSY",
  "PROFILE_STATE_CORRUPT",
  "WORKER_CRASHED",
  "RUN_TIMEOUT",
  "CANCELLED",
  "CANCELLED_ON_DEVICE",
  "CANCEL_UNCONFIRMED",
  "RUNNER_LOST",
  "COMMAND_EXPIRED",
  "RUNNER_REVOKED",
  "INTERNAL",
] as const;

export type RunFailureCode = (typeof runFailureCodes)[number];
export type RunFailureParams = {
  selector?: string;
  seconds?: number;
  reason?: string;
  /** What the runner's policy refused, and by which rule; see {@link describeRefusal}. */
  refusal?: RefusalFacts;
};
export type RunFailureWords = { title: string; whatToDo: string };

export function isRunFailureCode(value: unknown): value is RunFailureCode {
  return typeof value === "string" && (runFailureCodes as readonly string[]).includes(value);
}

/** The words for a failure: what happened, and what the person can do next. `params` make the title more exact. */
export function describeRunFailure(code: RunFailureCode, params: RunFailureParams = {}): RunFailureWords {
  const words = table[code];
  const say = (text: Words) => (typeof text === "function" ? text(params) : text);
  return { title: say(words.title), whatToDo: say(words.whatToDo) };
}

type Words = string | ((params: RunFailureParams) => string);
type Entry = { title: Words; whatToDo: Words };

const table: Record<RunFailureCode, Entry> = {
  SELECTOR_NOT_FOUND: {
    title: ({ selector, seconds }) =>
      `${selector ? `${selector} was` : "What the step looks for was"} not found on the page${seconds ? ` within ${seconds} s` : ""}.`,
    whatToDo: "Look at the step's screenshot. Record the step again if the page has changed, or give the step a longer timeout.",
  },
  ELEMENT_NOT_READY: {
    title: ({ selector, seconds }) =>
      `${selector ?? "The element"} was found but could not be used${seconds ? ` within ${seconds} s` : ""}: hidden, moving, covered or disabled.`,
    whatToDo: "Look at the step's screenshot for what covers it, for example a cookie notice, and add a step that closes it.",
  },
  NAVIGATION_FAILED: {
    title: ({ reason }) => `The page could not be opened${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Check the address, and that the runner's computer can reach it.",
  },
  STEP_TIMEOUT: {
    title: ({ seconds }) => `The step was not done in time${seconds ? ` (${seconds} s)` : ""}.`,
    whatToDo: "Give the step a longer timeout, or add a step before it that waits for the page.",
  },
  STEP_INVALID: {
    title: ({ reason }) => `The step cannot be carried out${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Correct the step in the recording and upload it as a new version.",
  },
  ASSERTION_FAILED: {
    title: ({ reason }) => `A check did not hold${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Compare the step's screenshot with what the check expects.",
  },
  EXPRESSION_FAILED: {
    title: "The expression to wait for failed or did not become true.",
    whatToDo: "Try the expression in the browser's console on that page.",
  },
  TARGET_NOT_FOUND: {
    title: "The pop-up window that the step belongs to did not open.",
    whatToDo: "Check that the step before it opens the pop-up and that its address is the same each time.",
  },
  FRAME_NOT_FOUND: {
    title: "The frame that the step belongs to is not on the page.",
    whatToDo: "Record the step again: the page's frames have changed.",
  },
  PAGE_CLOSED: {
    title: "The page was closed before the step could be done.",
    whatToDo: "Check for a close step, or a page that closes itself, before this step.",
  },
  PAGE_CRASHED: {
    title: "The page crashed.",
    whatToDo: "Run it again. If it crashes each time, the page may need more memory than the computer has free.",
  },
  BROWSER_MISSING: {
    title: "No browser was found on the runner's computer.",
    whatToDo: "Install Chrome, Chromium or Edge there, or set DESKHAND_BROWSER to the browser's path; then run it again.",
  },
  BROWSER_CRASHED: {
    title: "The browser stopped unexpectedly.",
    whatToDo: "Run it again. The profile's last saved state is kept.",
  },
  INPUT_INVALID: {
    title: ({ reason }) => `An input of the run is not valid${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Correct the inputs and deploy again.",
  },
  RUNNER_RESTARTED: {
    title: "The runner was restarted during the run.",
    whatToDo: "Run it again when it is safe to repeat the steps that were done.",
  },
  RUNNER_DISK_FULL: {
    title: "The runner's disk, or the space it may use, is full.",
    whatToDo: "Free some space on the runner's computer or delete old artifacts. The profile's last saved state is kept.",
  },
  POLICY_DENIED: {
    title: ({ refusal }) => (refusal ? describeRefusal(refusal).title : "The runner's policy does not allow this."),
    whatToDo: ({ refusal }) =>
      refusal
        ? describeRefusal(refusal).whatToDo
        : "Look at what was refused. On the runner's computer “deskhand policy allow HOST” allows a host, and “deskhand policy show” tells the rules.",
  },
  PROFILE_BUSY: {
    title: "The profile is in use by another run.",
    whatToDo: "Wait until the other run has ended, or cancel it.",
  },
  PROFILE_STATE_CORRUPT: {
    title: "The profile's saved state could not be read.",
    whatToDo: "Sign in again with this profile. The unreadable file was kept beside it.",
  },
  WORKER_CRASHED: {
    title: "The part of the runner that drives the browser stopped unexpectedly.",
    whatToDo: "Run it again; if it happens again, look at the runner's log.",
  },
  RUN_TIMEOUT: {
    title: ({ seconds }) => `The run took longer than allowed${seconds ? ` (${seconds} s)` : ""}.`,
    whatToDo: "Raise the run's time limit or split the workflow.",
  },
  CANCELLED: { title: "The run was cancelled.", whatToDo: "Run it again when you want to." },
  CANCELLED_ON_DEVICE: {
    title: "The run was cancelled on the runner's own computer.",
    whatToDo: "Ask whoever sits there before you run it again.",
  },
  CANCEL_UNCONFIRMED: {
    title: "The run was cancelled, but its runner has not confirmed that it stopped.",
    whatToDo: "It may have gone on for as long as the runner was away. This page tells when the runner is back and has stopped it.",
  },
  RUNNER_LOST: {
    title: "The runner has not been heard from since it took the run.",
    whatToDo: "Check that the runner's computer is on and connected.",
  },
  COMMAND_EXPIRED: {
    title: "The runner did not take the run before its deadline.",
    whatToDo: "Check that the runner is online, then run it again.",
  },
  RUNNER_REVOKED: {
    title: "The runner's key was revoked before the run ended.",
    whatToDo: "Pair the runner again, or deploy to another runner.",
  },
  INTERNAL: {
    title: "Something went wrong inside Deskhand.",
    whatToDo: "Run it again; if it happens again, report it with the run's id.",
  },
};

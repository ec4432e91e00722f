import { describeRefusal, type RefusalFacts } from "./refusal-words.ts";
import { stepFailureWords } from "./step-failure-words.ts";

/** Why a run did not succeed: the closed list that a runner or the server may put on a run. */
export const runFailureCodes = [
  "SELECTOR_NOT_FOUND",
  "ELEMENT_NOT_READY",
  "NAVIGATION_FAILED",
  "STEP_TIMEOUT",
  "STEP_INVALID",
  "ASSERTION_FAILED",
  "EXPRESSION_FAILED",
  "CONDITION_NOT_MET",
  "VALUE_INVALID",
  "LOOP_LIMIT",
  "HTTP_FAILED",
  "DOWNLOAD_FAILED",
  "SCRIPT_FAILED",
  "CODE_FAILED",
  "WORKFLOW_MISSING",
  "PERSON_MISSING",
  "CODE_SECRET_MISSING",
  "CODE_SECRET_INVALID",
  "AI_MISSING",
  "TEST_FAILED",
  "TARGET_NOT_FOUND",
  "FRAME_NOT_FOUND",
  "PAGE_CLOSED",
  "PAGE_CRASHED",
  "BROWSER_MISSING",
  "BROWSER_CRASHED",
  "DISPLAY_MISSING",
  "INPUT_INVALID",
  "RUNNER_RESTARTED",
  "RUNNER_DISK_FULL",
  "POLICY_DENIED",
  "PROFILE_BUSY",
  "PROFILE_STATE_CORRUPT",
  "PROFILE_GONE",
  "RUN_HELD",
  "RUN_OVER",
  "HOLD_UNSIGNED",
  "TASK_INVALID",
  "SCHEDULE_GONE",
  "SUCCESSOR_MISSING",
  "IMPORT_REFUSED",
  "BUNDLE_INVALID",
  "BUNDLE_LOCKED",
  "BUNDLE_DAMAGED",
  "BUNDLE_NEWER",
  "BUNDLE_TOO_LARGE",
  "EXPORT_EMPTY",
  "EXPORT_TOO_LARGE",
  "PARCEL_GONE",
  "PROXY_UNREACHABLE",
  "PROXY_AUTH_FAILED",
  "PROXY_TIMEOUT",
  "PROXY_REFUSED",
  "PROXY_MISMATCH",
  "PROXY_MISSING",
  "POOL_MISSING",
  "PROXY_CHECK_FAILED",
  "WORKER_CRASHED",
  "RUN_TIMEOUT",
  "CANCELLED",
  "CANCELLED_ON_DEVICE",
  "SUPERSEDED",
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
export type FailureEntry = { title: Words; whatToDo: Words };

const table: Record<RunFailureCode, FailureEntry> = {
  ...stepFailureWords,
  BROWSER_MISSING: {
    title: "No browser was found on the runner's computer.",
    whatToDo: "Install Chrome, Chromium or Edge there, or set DESKHAND_BROWSER to the browser's path; then run it again.",
  },
  BROWSER_CRASHED: {
    title: "The browser stopped unexpectedly.",
    whatToDo: "Run it again. The profile's last saved state is kept.",
  },
  DISPLAY_MISSING: {
    title: "The runner's computer has no screen on which a window could be shown.",
    whatToDo: "Start the runner in a desktop session, or give it a virtual screen (Xvfb) by setting DISPLAY; then open the window again.",
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
    title: "The profile is in use.",
    whatToDo: "Its page shows who has it. Wait until it is free, or ask for it there.",
  },
  RUN_HELD: {
    title: "Somebody else has the run's page.",
    whatToDo: "Wait until they give it back. It is free by itself half a minute after they have left.",
  },
  RUN_OVER: {
    title: "The run is not under way on its runner.",
    whatToDo: "Start it again if you need its page.",
  },
  HOLD_UNSIGNED: {
    title: "This runner takes only what was signed, and this browser cannot sign what you do on the page.",
    whatToDo: "Open the dashboard by https or on localhost, in a browser that knows Ed25519.",
  },
  CODE_SECRET_MISSING: {
    title: "The profile has nothing to make one-time codes from.",
    whatToDo: "Enter the secret of the second factor on the profile's page, under One-time codes.",
  },
  CODE_SECRET_INVALID: {
    title: "The profile's secret for one-time codes cannot be used.",
    whatToDo: "Enter it again on the profile's page: the text that the site shows beside the QR code, or the otpauth address in it.",
  },
  PROFILE_STATE_CORRUPT: {
    title: "The profile's saved state could not be read.",
    whatToDo: "Sign in again with this profile. The unreadable file was kept beside it.",
  },
  PROFILE_GONE: {
    title: "The runner has nothing of this profile any more.",
    whatToDo: "Import it from an export or a backup, or make a new profile.",
  },
  TASK_INVALID: {
    title: "The runner could not read what it was asked to do.",
    whatToDo: "Update the runner to the version that the dashboard offers, then ask again.",
  },
  PROXY_UNREACHABLE: {
    title: ({ reason }) => `The profile's proxy cannot be reached${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Check the proxy under Proxies. If it is gone for good, give the profile another one, or a pool that falls over to others.",
  },
  PROXY_AUTH_FAILED: {
    title: ({ reason }) => `The profile's proxy did not take the user name and password${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Enter them again under Proxies. Some providers also want the address of the runner's computer on a list of theirs.",
  },
  PROXY_TIMEOUT: {
    title: ({ reason }) => `The profile's proxy did not answer in time${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Check the proxy under Proxies, and try again: it may be busy.",
  },
  PROXY_REFUSED: {
    title: ({ reason }) => `The profile's proxy did not connect to the site${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Open the site without the proxy to see that it works. Some proxies allow only some sites or ports.",
  },
  PROXY_MISMATCH: {
    title: ({ reason }) => `The proxy's exit does not fit the profile's identity${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Change the identity's time zone, choose a proxy in its country, or let the profile only warn about it.",
  },
  PROXY_MISSING: {
    title: ({ reason }) => `The runner does not have the profile's proxy${reason ? `: ${reason}` : ""}.`,
    whatToDo: "Open the proxy under Proxies and save it again with its password: it is sealed to the runners that are there then.",
  },
  POOL_MISSING: {
    title: "The runner was never told of the profile's pool of proxies: it was made before the runner came, and takes a signature.",
    whatToDo: "Open Proxies, then Pools, and choose Send beside the runner's name; then run it again.",
  },
  PROXY_CHECK_FAILED: {
    title: ({ reason }) => `Where the proxy leads out could not be found${reason ? `: ${reason}` : ""}.`,
    whatToDo:
      "The service that tells it gave no answer that can be read. Try again, or set DESKHAND_PROXY_CHECK_URL on the runner to another.",
  },
  SCHEDULE_GONE: {
    title: "The runner has no such schedule any more.",
    whatToDo: "Deploy the workflow with a schedule again.",
  },
  SUCCESSOR_MISSING: {
    title: "The runner does not have the newer schedule that was to take its place, so it kept this one.",
    whatToDo: "Look at the newer one why it is not on the runner, and deploy it again; then end this one.",
  },
  IMPORT_REFUSED: {
    title: "The file could not be read; nothing of it was imported.",
    whatToDo: "Mend the places that are told, or export it again where it comes from.",
  },
  BUNDLE_INVALID: {
    title: "This is not a profile that Deskhand exported.",
    whatToDo: "Choose another file: a bundle of Deskhand, a storage state, or cookies.",
  },
  BUNDLE_LOCKED: {
    title: "The bundle does not open with this passphrase or key.",
    whatToDo: "Check the passphrase. A bundle that was sealed to a recipient opens only there.",
  },
  BUNDLE_DAMAGED: {
    title: "The bundle is not whole: it was cut off or changed.",
    whatToDo: "Copy it again from where it was made, or export the profile again.",
  },
  BUNDLE_NEWER: {
    title: "The bundle was made by a newer Deskhand.",
    whatToDo: "Update the runner, then import it again.",
  },
  BUNDLE_TOO_LARGE: {
    title: "What is in the bundle is too large.",
    whatToDo: "A bundle may hold 8 GB. Export the profile again after its sites' data was cleared.",
  },
  EXPORT_EMPTY: {
    title: "There is nothing to export: the profile was never used.",
    whatToDo: "Use it once, then export it.",
  },
  EXPORT_TOO_LARGE: {
    title: "The profile is too large to be sent by way of the server.",
    whatToDo: "On the runner's computer run “deskhand profiles export”.",
  },
  PARCEL_GONE: {
    title: "The file is not on the server any more, where it is kept for an hour.",
    whatToDo: "Ask for it again while the runner is online.",
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
  SUPERSEDED: {
    title: "The run was ended because the next one of its schedule began.",
    whatToDo: "Give the schedule more time between its runs, or let it wait for the one before.",
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

import type { ErrorCode } from "./error-codes.ts";

export type ErrorWords = {
  /** What happened, as one sentence. */
  title: string;
  /** What the person can do about it, as one sentence or two. */
  whatToDo: string;
};

/** The words of each error code for people: the one place where a code becomes words, for the dashboard, REST and the CLI. */
export const errorWords: Record<ErrorCode, ErrorWords> = {
  // who and may
  UNAUTHENTICATED: {
    title: "You are not signed in.",
    whatToDo: "Sign in. With the API, send a key that was not revoked as “Authorization: Bearer dh_…”.",
  },
  FORBIDDEN: { title: "You are not allowed to do this.", whatToDo: "Ask an admin or the owner of the project." },
  NOT_FOUND: {
    title: "This does not exist, or it is not in a project of yours.",
    whatToDo: "Check the address or the id, and that you are in the right project.",
  },
  RATE_LIMITED: { title: "That was too often.", whatToDo: "Wait for a while, then try again." },
  SCOPE_MISSING: {
    title: "The API key does not have the scope for this.",
    whatToDo: "Make a key with that scope under Settings, API keys.",
  },
  // input
  INVALID_INPUT: { title: "Something that was sent is not valid.", whatToDo: "Correct the field that is named and send it again." },
  PAYLOAD_TOO_LARGE: { title: "That is too large.", whatToDo: "Send less at once: a request may have at most 3 MB." },
  PROJECT_REQUIRED: { title: "It is not clear which project is meant.", whatToDo: "Choose a project, or send projectId." },
  NAME_TAKEN: { title: "Something else has this name.", whatToDo: "Choose another name." },
  CONFLICT: {
    title: "This changed in the meantime, or its state does not allow it.",
    whatToDo: "Look at its state again, then decide.",
  },
  IDEMPOTENCY_CONFLICT: {
    title: "This idempotency key was used with another request.",
    whatToDo: "Use a new key for a new request, and the same key only to repeat the same one.",
  },
  SCHEDULE_INVALID: { title: "The schedule cannot be read.", whatToDo: "Correct the cron expression, time zone or time." },
  // accounts
  TRIGGER_DISABLED: { title: "This trigger was switched off.", whatToDo: "Switch it on again on the deployment's page." },
  EMAIL_TAKEN: { title: "There is an account with this e-mail address.", whatToDo: "Sign in with it, or use another address." },
  SIGN_IN_FAILED: {
    title: "The e-mail address and the password do not match.",
    whatToDo: "Check both, and sign up if you have no account yet.",
  },
  // pairing and runners
  PAIRING_CODE_INVALID: { title: "This pairing code is not known.", whatToDo: "Check the code, or make a new one under Runners." },
  PAIRING_CODE_EXPIRED: {
    title: "This pairing code is more than 10 minutes old.",
    whatToDo: "Make a new one under Runners, “Add a runner”.",
  },
  PAIRING_CODE_USED: {
    title: "This pairing code was used before.",
    whatToDo: "Each code pairs one runner: make a new one under Runners.",
  },
  RUNNER_NOT_ACCEPTED: {
    title: "The runner is not accepted.",
    whatToDo: "Accept it under Runners, after comparing its fingerprint with the one it prints.",
  },
  RUNNER_PENDING: {
    title: "This runner waits to be accepted.",
    whatToDo: "Open Runners on the dashboard, compare the fingerprint and accept it.",
  },
  RUNNER_REJECTED: { title: "This runner was rejected.", whatToDo: "If it is yours, pair it again with a new code." },
  RUNNER_REVOKED: { title: "This runner's access was revoked.", whatToDo: "If it should work again, pair it with a new code." },
  RUNNER_LOCKED: {
    title: "Two copies of this runner's folder were seen, so it was locked.",
    whatToDo: "Remove the copy, then pair the runner again with a new code.",
  },
  RUNNER_UNKNOWN: {
    title: "The server does not know this runner.",
    whatToDo: "Check the server's address, or pair the runner again with a new code.",
  },
  RUNNER_OFFLINE: {
    title: "The runner is offline, and what you asked for is on it.",
    whatToDo: "Start the runner or connect its machine to the network, then try again.",
  },
  SIGNATURE_INVALID: {
    title: "The runner could not prove that it holds its key.",
    whatToDo: "Check that its folder is complete, or pair it again with a new code.",
  },
  SIGNATURE_REQUIRED: {
    title: "This runner does only what was signed for it, and this was not.",
    whatToDo:
      "Use the dashboard or “deskhand deploy”, which sign; or run “deskhand policy set signatures optional” on the runner's computer.",
  },
  SIGNER_NOT_APPROVED: {
    title: "The runner has not approved the key that signed this.",
    whatToDo: "On the runner's computer “deskhand keys list” shows the keys that ask; approve this one there, then try again.",
  },
  MANIFEST_INVALID: {
    title: "The signature does not fit what was sent.",
    whatToDo: "Load the page again, then try again. A key that was revoked cannot sign.",
  },
  PROTOCOL_UNSUPPORTED: {
    title: "The runner and the server speak different versions.",
    whatToDo: "Update the older of the two.",
  },
  MESSAGE_INVALID: { title: "A message between runner and server could not be read.", whatToDo: "Update the runner and start it again." },
  LEASE_STALE: {
    title: "The command was given to somebody else in the meantime.",
    whatToDo: "Nothing: the runner drops it by itself.",
  },
  // profiles, workflows, runs
  PROFILE_IN_USE: { title: "The profile is in use by a run.", whatToDo: "Wait until the run is over, or cancel it." },
  PROFILE_ON_OTHER_RUNNER: {
    title: "A profile that was chosen lives on another runner.",
    whatToDo: "Choose profiles of the runner that you deploy to.",
  },
  PROXY_IN_USE: {
    title: "A profile or a pool uses this.",
    whatToDo: "Give those profiles another way to the network, and take the proxy out of its pools, then delete it.",
  },
  PROFILE_MOVING: {
    title: "This profile is on its way to another runner.",
    whatToDo: "Wait until it has arrived, or stop the move, then try again.",
  },
  PROFILE_SCHEDULED: {
    title: "A schedule runs on this profile where it is.",
    whatToDo: "End the schedule on its deployment's page first. For a profile that moves, make it again when the profile has arrived.",
  },
  PROFILE_NOT_IN_USE: { title: "Nobody uses this profile.", whatToDo: "It is free: use it right away." },
  RECORDING_INVALID: {
    title: "This is not a recording that can be run.",
    whatToDo: "Correct the step and the field that are named, or export it again from Chrome DevTools as JSON.",
  },
  RECORDING_TOO_LARGE: { title: "The recording is larger than 2 MB.", whatToDo: "Split it into several workflows." },
  WORKFLOW_UNCHANGED: { title: "The recording is the same as the latest version.", whatToDo: "Nothing: no new version is needed." },
  WORKFLOW_MOVED_ON: {
    title: "Somebody has changed the workflow on the server in the meantime.",
    whatToDo: "Look at what they changed and make your change to that, or save over it.",
  },
  WORKFLOW_SCHEDULED: {
    title: "A schedule or a trigger begins this workflow.",
    whatToDo: "End it on its deployment's page, and delete the workflow when its runner has ended it.",
  },
  INPUT_MISSING: { title: "The workflow needs an input that was not given.", whatToDo: "Give a value for the input that is named." },
  INPUT_UNKNOWN: {
    title: "The workflow has no such input.",
    whatToDo: "Leave it out, or correct its name: the workflow's page lists its inputs.",
  },
  INPUT_WRONG_TYPE: {
    title: "An input has the wrong type or is not allowed.",
    whatToDo: "Give the input that is named a value that its description allows.",
  },
  SECRET_NOT_SEALED: {
    title: "A secret input was sent in the clear, and was refused.",
    whatToDo: "Seal it to the runner's key first: the dashboard and the command line do it for you.",
  },
  RUN_FINISHED: { title: "The run is over.", whatToDo: "Start it again if you need another one." },
  RUN_HELD: {
    title: "Somebody else has the run's page.",
    whatToDo: "Wait until they give it back. It is free by itself half a minute after they have left.",
  },
  HOLD_OVER: { title: "You do not have the page any more.", whatToDo: "Take it over again if the run still goes on." },
  RUN_NOT_FINISHED: { title: "The run is not over yet.", whatToDo: "Wait until it is over, or cancel it." },
  ARTIFACT_GONE: {
    title: "The runner does not have this file any more.",
    whatToDo:
      "It was too old, or its space was needed for newer runs. Run it again, or raise DESKHAND_ARTIFACTS_MAX_DAYS or DESKHAND_ARTIFACTS_MAX_MB on the runner.",
  },
  // the installation
  DATABASE_UNAVAILABLE: {
    title: "The server cannot reach its database.",
    whatToDo: "Try again in a moment. If it stays so, look at the database and the server's log.",
  },
  RUNNER_TIMEOUT: {
    title: "The runner did not answer in time.",
    whatToDo: "Try again. If it stays so, run “npx deskhand doctor” on its machine.",
  },
  INTERNAL: {
    title: "Something went wrong on the server.",
    whatToDo: "Try again. If it happens again, give the request id to whoever runs the server.",
  },
};

import type { AlertContent, AlertEvent, ProfileEvent, RunCounts } from "./alert.ts";
import type { DeliveryProblem } from "./delivery.ts";
import { describeRunFailure, isRunFailureCode } from "./run-failure.ts";
import type { FiringReason } from "./schedule.ts";
import { describeScheduleFailure } from "./schedule-failure.ts";

/** What each event of a rule means, for people. */
export const eventWords: Record<AlertEvent, { label: string; description: string }> = {
  "deployment.failed": {
    label: "A deployment failed",
    description: "Once for all its runs: when it is over, or five minutes after the first failure if it still goes on.",
  },
  "schedule.missed": {
    label: "A schedule missed its time",
    description:
      "The runner was off or asleep, and the schedule does not make up for it. Several in a row are one. Told when the runner is back.",
  },
  "schedule.refused": {
    label: "A runner did not do what a schedule asks",
    description: "It refused to take, pause, resume or end one, or did not hear of it in time.",
  },
  "run.waiting": {
    label: "A run waits for a person",
    description: "It met a step for a person, a CAPTCHA or a code. Without a rule, whoever started it is told by e-mail.",
  },
  "deployment.finished": {
    label: "A deployment is over",
    description: "When the last of its runs has ended, however they did. Told within a minute.",
  },
  "backup.failed": { label: "A backup failed", description: "Once, until a backup of that runner goes well again." },
  "backup.overdue": {
    label: "A backup is overdue",
    description: "The last good backup of a runner is older than its schedule means it to be.",
  },
  "proxy.failed": { label: "A proxy does not work", description: "When a check or a run finds that one fails that worked before." },
  "profile.created": { label: "Profiles were created", description: "One message for up to 100 that were made at once." },
  "profile.updated": { label: "Profiles were changed", description: "Their name, notes, tags, group or settings." },
  "profile.deleted": { label: "Profiles were deleted", description: "They can be brought back for 30 days." },
  "profile.restored": { label: "Profiles were brought back", description: "After they had been deleted." },
  "profile.moved": { label: "Profiles have moved", description: "Their new runner has all of them." },
  "profile.state-saved": {
    label: "Profiles were saved",
    description: "Their runner has stored a newer state: at most one message a minute for each.",
  },
  "profile.state-restored": {
    label: "An earlier state was put back",
    description: "What was saved last of a profile could not be read, and the one before it is used.",
  },
  "profile.proxy-mismatch": {
    label: "A proxy's exit did not fit",
    description:
      "Where a profile would leave does not fit its identity, and so it did not start: its run, its window, ready for use or for a program.",
  },
  "profile.opened": { label: "Profiles were opened", description: "In a window, for a program or ready for use; not by a run." },
  "profile.closed": { label: "Profiles were closed", description: "Those that were open in a window, for a program or ready for use." },
  "profile.move-failed": { label: "A move failed", description: "The profile stays on the runner where it was." },
  "runner.silent": {
    label: "A runner has gone silent",
    description: "It went away without being stopped, paused or disconnected, and did not come back.",
  },
  "runner.back": { label: "A silent runner is back", description: "It connected again after it was told to be silent." },
};

/** An alert in a few words, for a heading or a mail's subject. */
export function alertTitle(content: AlertContent): string {
  switch (content.type) {
    case "deployment.failed": {
      const { workflow, runs } = content.data;
      return runs.total === 1 ? `${workflow.name} failed` : `${workflow.name}: ${badly(runs)} of ${runs.total} runs failed`;
    }
    case "schedule.missed": {
      const { workflow, firing } = content.data;
      return firing.count === 1 ? `${workflow.name} missed its time` : `${workflow.name} missed ${firing.count} times`;
    }
    case "schedule.refused":
      return `The schedule of ${content.data.workflow.name} ${notDone[content.data.order.what]}`;
    case "run.waiting":
      return `${content.data.workflow.name} waits for you`;
    case "deployment.finished":
      return `${content.data.workflow.name} is over`;
    case "backup.failed":
      return `The backup of ${content.data.runner.name} failed`;
    case "backup.overdue":
      return `The backup of ${content.data.runner.name} is overdue`;
    case "proxy.failed":
      return `The proxy ${content.data.proxy.name} does not work`;
    case "profile.created":
    case "profile.updated":
    case "profile.deleted":
    case "profile.restored":
    case "profile.moved":
    case "profile.state-restored":
    case "profile.proxy-mismatch":
    case "profile.opened":
    case "profile.closed":
    case "profile.move-failed":
    case "profile.state-saved":
      return profileTitle(content.type, content.data.profiles);
    case "runner.silent":
      return `${content.data.runner.name} has gone silent`;
    case "runner.back":
      return `${content.data.runner.name} is back`;
    case "profile.requested":
      return `${content.data.requestedBy.name} asks for ${content.data.profile.name}`;
    case "webhook.disabled":
      return `The webhook ${content.data.webhook.name} was disabled`;
    case "webhook.test":
      return `Test of the webhook ${content.data.webhook.name}`;
  }
}

/** An alert as a sentence or two. */
export function alertSentence(content: AlertContent): string {
  switch (content.type) {
    case "deployment.failed": {
      const { workflow, runner, runs, failures } = content.data;
      const what = `“${workflow.name}” (version ${workflow.version})`;
      if (runs.total === 1) return `${what} failed on ${runner.name}. ${reason(failures[0]?.code)}`;
      const goesOn = runs.active > 0 ? ` ${count(runs.active, "run")} still to come.` : "";
      return `${badly(runs)} of ${count(runs.total, "run")} of ${what} on ${runner.name} failed; ${runs.succeeded} succeeded.${goesOn}`;
    }
    case "schedule.missed": {
      const { workflow, runner, firing } = content.data;
      const when = firing.count === 1 ? `at ${clock(firing.dueAt)}` : `${firing.count} times from ${clock(firing.dueAt)} on`;
      const why = missedWords[firing.reason ?? "RUNNER_OFF"] ?? "the runner was away";
      return `“${workflow.name}” (version ${workflow.version}) did not run on ${runner.name} ${when}: ${why}.`;
    }
    case "schedule.refused": {
      const { workflow, runner, order, code } = content.data;
      const { title, whatToDo } = describeScheduleFailure(code);
      return `The schedule of “${workflow.name}” (version ${workflow.version}) on ${runner.name} ${notDone[order.what]}. ${title} ${whatToDo}`;
    }
    case "run.waiting": {
      const { workflow, runner, profile, run } = content.data;
      return `“${workflow.name}” on ${profile.name} (${runner.name}) ${waitingWords[run.reason]} at step ${run.step + 1}. Take its page over by ${clock(run.until)}; then it goes on.`;
    }
    case "deployment.finished": {
      const { workflow, runner, runs } = content.data;
      return `All of ${count(runs.total, "run")} of “${workflow.name}” (version ${workflow.version}) on ${runner.name} are over: ${runs.succeeded} succeeded, ${badly(runs)} failed, ${runs.cancelled} were cancelled.`;
    }
    case "backup.failed": {
      const { runner, code, succeededAt } = content.data;
      const last = succeededAt === null ? "None has gone well yet." : `The last good one is of ${clock(succeededAt)}.`;
      return `A backup of ${runner.name} failed (${code}). ${last} On its computer “deskhand backup status” says what to do.`;
    }
    case "backup.overdue": {
      const { runner, succeededAt, overdueSince } = content.data;
      const last = succeededAt === null ? "there is none" : `the last good one is of ${clock(succeededAt)}`;
      return `A backup of ${runner.name} was due by ${clock(overdueSince)}, and ${last}. Check that its computer is on and connected.`;
    }
    case "proxy.failed":
      return `The proxy ${content.data.proxy.name} does not work any more (${content.data.code}). Profiles that leave by it fail until it does.`;
    case "profile.created":
    case "profile.updated":
    case "profile.deleted":
    case "profile.restored":
    case "profile.moved":
    case "profile.state-restored":
    case "profile.proxy-mismatch":
    case "profile.opened":
    case "profile.closed":
    case "profile.move-failed":
    case "profile.state-saved": {
      const { profiles } = content.data;
      const names = profiles.slice(0, 5).map(({ name, runner }) => `${name} on ${runner.name}`);
      const more = profiles.length > names.length ? ` and ${profiles.length - names.length} more` : "";
      return `${profileTitle(content.type, profiles)}: ${names.join(", ")}${more}.`;
    }
    case "runner.silent": {
      const { runner, lastSeenAt, waitingRuns } = content.data;
      const waits = waitingRuns > 0 ? ` ${count(waitingRuns, "run")} ${waitingRuns === 1 ? "waits" : "wait"} for it.` : "";
      return `${runner.name} was last heard from at ${clock(lastSeenAt)} and did not say that it would stop.${waits} Check that its computer is on and connected.`;
    }
    case "runner.back": {
      const { runner, silentSince, backAt } = content.data;
      const minutes = Math.max(1, Math.round((Date.parse(backAt) - Date.parse(silentSince)) / 60_000));
      return `${runner.name} is connected again since ${clock(backAt)}. It was silent for ${count(minutes, "minute")}.`;
    }
    case "profile.requested": {
      const { profile, requestedBy, message, expiresAt } = content.data;
      const said = message ? ` “${message}”` : "";
      return `${requestedBy.name} asks you to hand over the profile ${profile.name}, which you use.${said} Answer by ${clock(expiresAt)}; without an answer it stays yours.`;
    }
    case "webhook.disabled": {
      const { webhook, reason } = content.data;
      const why = reason === "gone" ? "Its receiver answered that it is gone (410)." : "No delivery arrived for three days.";
      return `The webhook “${webhook.name}” was disabled. ${why} Correct it, enable it again, and send again what it missed.`;
    }
    case "webhook.test":
      return `A test of the webhook “${content.data.webhook.name}”.`;
  }
}

const notDone = {
  install: "was not taken by its runner",
  pause: "was not paused",
  resume: "does not go on",
  remove: "has not ended",
} as const;

const missedWords: Partial<Record<FiringReason, string>> = {
  RUNNER_OFF: "Deskhand was not running there",
  RUNNER_ASLEEP: "its computer was asleep",
};

/** What a run needs a person for. */
const waitingWords = {
  step: "waits for a person",
  captcha: "was asked whether it is a person (CAPTCHA)",
  code: "was asked for a code",
  record: "waits for somebody to record its next steps",
  trial: "waits for somebody to try a draft",
} as const;

/** Why a delivery did not arrive, as one sentence. */
export const problemWords: Record<DeliveryProblem, string> = {
  status: "The receiver did not answer with success (2xx).",
  redirected: "The receiver answered with a redirect, which is not followed. Give the final address.",
  timeout: "The receiver did not answer within 15 seconds.",
  refused: "Nobody listens at the address, or the connection broke.",
  unresolved: "The host name is not known.",
  tls: "The receiver's certificate cannot be trusted.",
  address:
    "The address leads to a private network, or is plain http. Whoever runs the server can allow private ones: WEBHOOK_ALLOW_PRIVATE=on.",
  secret: "The signing secret cannot be read any more, because the server's AUTH_SECRET changed. Make a new secret.",
  disabled: "The webhook was disabled.",
  "mail-not-set-up": "E-mail is not set up on this server.",
  "mail-refused": "The mail server refused the mail for good.",
  "mail-failed": "The mail server could not be reached, or refused for now.",
  "mail-too-many": "This person had 30 alerts by e-mail within an hour already.",
};

function reason(code: string | undefined): string {
  return isRunFailureCode(code) ? describeRunFailure(code).title : (code ?? "");
}

const profileVerbs: Record<ProfileEvent, string> = {
  "profile.created": "created",
  "profile.updated": "changed",
  "profile.deleted": "deleted",
  "profile.restored": "brought back",
  "profile.moved": "moved to another runner",
  "profile.state-saved": "saved",
  "profile.state-restored": "set back to an earlier state",
  "profile.proxy-mismatch": "not started, because the exit of a proxy did not fit",
  "profile.opened": "opened",
  "profile.closed": "closed",
  "profile.move-failed": "not moved, and stays where it was",
};

function profileTitle(type: ProfileEvent, profiles: { name: string }[]): string {
  const [first] = profiles;
  const isOne = profiles.length === 1 && first;
  return `${isOne ? first.name : count(profiles.length, "profile")} ${isOne ? "was" : "were"} ${profileVerbs[type]}`;
}

function badly({ failed, expired }: RunCounts): number {
  return failed + expired;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** In UTC, because the words also go into mails. */
function clock(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

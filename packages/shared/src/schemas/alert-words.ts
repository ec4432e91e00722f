import type { AlertContent, AlertEvent, RunCounts } from "./alert.ts";
import type { DeliveryProblem } from "./delivery.ts";
import { describeRunFailure, isRunFailureCode } from "./run-failure.ts";

/** What each event of a rule means, for people. */
export const eventWords: Record<AlertEvent, { label: string; description: string }> = {
  "deployment.failed": {
    label: "A deployment failed",
    description: "Once for all its runs: when it is over, or five minutes after the first failure if it still goes on.",
  },
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
    case "runner.silent":
      return `${content.data.runner.name} has gone silent`;
    case "runner.back":
      return `${content.data.runner.name} is back`;
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
    case "webhook.disabled": {
      const { webhook, reason } = content.data;
      const why = reason === "gone" ? "Its receiver answered that it is gone (410)." : "No delivery arrived for three days.";
      return `The webhook “${webhook.name}” was disabled. ${why} Correct it, enable it again, and send again what it missed.`;
    }
    case "webhook.test":
      return `A test of the webhook “${content.data.webhook.name}”.`;
  }
}

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

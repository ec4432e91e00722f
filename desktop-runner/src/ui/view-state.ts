import { describeRefusal, type RefusalFacts } from "@deskhand/shared/schemas/refusal-words";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { statusLine } from "../connection/status-words.ts";
import { type KnownRun, listRuns } from "../journal/run-history.ts";
import { describeSize } from "../policy/policy-settings.ts";
import { viewPolicy } from "../policy/policy-view.ts";
import type { OpenPageParts, PageParts } from "./page-parts.ts";
import type { PagePolicy, PageRun, PageState } from "./view.ts";
import { viewBackup } from "./view-backup.ts";

/** Runs that are over, and refusals, that the page shows. */
const runsShown = 30;
const refusalsShown = 30;
/** Refusals among which that is looked for which ended a run. */
const refusalsRead = 300;

/** All that the page shows but the log and the disk, read anew. */
export function viewState(parts: OpenPageParts, now: number): PageState {
  const { home, about, approvals, journal, policy } = parts;
  const { status, since } = parts.connection();
  const refusals = policy.newestRefusals(refusalsRead);
  return {
    now,
    about: { ...about, fingerprint: parts.fingerprint(), folder: home.folder, pid: process.pid },
    connection: {
      state: status.state,
      since,
      words: statusLine(status) ?? null,
      clockDifferenceMs: status.state === "connected" ? status.clockDifferenceMs : null,
    },
    approvals: approvals.list(),
    runs: listRuns(journal, runsShown).map((run) =>
      viewRun(
        run,
        refusals.find(({ runId, fatal }) => fatal && runId === run.runId),
      ),
    ),
    policy: viewPagePolicy(parts, now),
    refusals: refusals.slice(0, refusalsShown).map((refusal) => {
      const { id, rule, subject, count, fatal, lastAt } = refusal;
      return { id, ...describeRefusal(refusal), rule, subject, count, fatal, lastAt };
    }),
    backup: viewBackup(parts),
    cloudSignIn: parts.signIn.view,
  };
}

function viewRun(run: KnownRun, refusal: RefusalFacts | undefined): PageRun {
  const { runId, workflow, profile, profileId, state, outcome, failureCode, cancelRequested, acceptedAt, startedAt, endedAt } = run;
  const code = isRunFailureCode(failureCode) ? failureCode : "INTERNAL";
  return {
    runId,
    workflow,
    profile,
    profileId,
    state: state === "done" ? (outcome ?? "failed") : state === "accepted" ? "waiting" : "running",
    isCancelling: state === "running" && cancelRequested,
    acceptedAt,
    startedAt,
    endedAt,
    failure: failureCode === null ? null : { code, ...describeRunFailure(code, refusal ? { refusal } : {}) },
  };
}

function viewPagePolicy({ home, policy }: PageParts, now: number): PagePolicy {
  const { loaded } = policy;
  if (!loaded.ok) return { damaged: `${loaded.reason}.`, file: home.policyFile };
  const { maxDownloadBytes, members, quietHours } = loaded.policy;
  const own = {
    maxDownload: describeSize(maxDownloadBytes).replace(/^0 bytes$/, "0"),
    members: typeof members === "string" ? members : members.join(", ") || "nobody",
    quietHours: quietHours?.ranges.map(({ from, to }) => `${from}-${to}`).join(", ") ?? "off",
  };
  return { damaged: null, file: home.policyFile, own, ...viewPolicy(loaded.policy, policy.tightening, now) };
}

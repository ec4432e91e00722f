import { type PolicyReport, policyReportAnswer, REFUSALS_PER_REPORT } from "@deskhand/shared/protocol/policy";
import type { RefusalLog } from "../journal/refusal-log.ts";
import { RepeatedReport } from "./repeated-report.ts";

/** How long the server may take to store a report, milliseconds. */
const answerMs = 15_000;
/** Told again without a reason this often, milliseconds: quiet hours begin and end by themselves, and words get lost. */
const everyMs = 60_000;

export type PolicyReporterOptions = {
  log: RefusalLog;
  /** What the policy lets the runner do at this moment. */
  state(): Omit<PolicyReport, "v" | "refusals">;
  /** What the project asks to refuse, and who asks to sign, as the server said it with its answer. */
  onAnswer(answer: { tightening: unknown; signers?: unknown }): void;
};

/** Keeps the server told of whether the runner works, and of what its policy refused; each refusal until it is stored there. */
export function reportPolicy({ log, state, onAnswer }: PolicyReporterOptions): RepeatedReport {
  return new RepeatedReport({
    everyMs,
    async tell(link) {
      const { refusals, upTo } = log.pending(REFUSALS_PER_REPORT);
      const report: PolicyReport = { v: 1, ...state(), refusals };
      const answer = await link.request("policy-report", report, policyReportAnswer, answerMs);
      if (!answer.ok) throw new Error(answer.code);
      log.markStored(upTo);
      onAnswer(answer);
      return refusals.length === REFUSALS_PER_REPORT;
    },
  });
}

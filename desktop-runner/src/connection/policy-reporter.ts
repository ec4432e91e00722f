import { type PolicyReport, policyReportAnswer, REFUSALS_PER_REPORT } from "@deskhand/shared/protocol/policy";
import type { RefusalLog } from "../journal/refusal-log.ts";
import { retryDelayMs } from "./backoff.ts";
import type { Link } from "./link.ts";

/** How long the server may take to store a report, milliseconds. */
const answerMs = 15_000;
/** Refusals of a page come in numbers: they are told together, milliseconds. */
const gatherMs = 200;
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
export class PolicyReporter {
  readonly #options: PolicyReporterOptions;
  #link: Link | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #failures = 0;
  #busy = false;
  #again = false;

  constructor(options: PolicyReporterOptions) {
    this.#options = options;
  }

  /** Tells over this connection from now on. */
  attach(link: Link): void {
    this.detach();
    this.#link = link;
    this.#failures = 0;
    this.#schedule(0);
  }

  detach(): void {
    this.#link = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** There is something to tell. */
  changed(): void {
    this.#schedule(gatherMs);
  }

  #schedule(ms: number): void {
    if (!this.#link) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    const at = Date.now() + ms;
    if (this.#timer && this.#dueAt <= at) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => void this.#report(), ms);
  }

  async #report(): Promise<void> {
    const link = this.#link;
    this.#timer = undefined;
    if (!link) return;
    this.#busy = true;
    this.#again = false;
    let next = everyMs;
    try {
      const { log } = this.#options;
      const { refusals, upTo } = log.pending(REFUSALS_PER_REPORT);
      const report: PolicyReport = { v: 1, ...this.#options.state(), refusals };
      const answer = await link.request("policy-report", report, policyReportAnswer, answerMs);
      if (!answer.ok) throw new Error(answer.code);
      this.#failures = 0;
      log.markStored(upTo);
      this.#options.onAnswer(answer);
      if (refusals.length === REFUSALS_PER_REPORT) next = 0;
    } catch {
      // no answer, or a journal or server that cannot write now: the same again, later
      next = 1_000 + retryDelayMs(this.#failures++);
    }
    this.#busy = false;
    if (link !== this.#link) return this.#schedule(0);
    this.#schedule(this.#again ? Math.min(next, gatherMs) : next);
  }
}

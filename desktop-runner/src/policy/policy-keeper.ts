import type { Welcome } from "@deskhand/shared/protocol/handshake";
import type { Refusal } from "@deskhand/shared/protocol/policy";
import type { Link } from "../connection/link.ts";
import { reportPolicy } from "../connection/policy-reporter.ts";
import type { RepeatedReport } from "../connection/repeated-report.ts";
import type { RunnerHome } from "../identity/home.ts";
import type { Journal } from "../journal/journal.ts";
import { type RefusalEntry, RefusalLog } from "../journal/refusal-log.ts";
import type { SigningKeeper } from "../signing/signing-keeper.ts";
import { policyState, type Readiness, readinessOf } from "./admission.ts";
import type { NetworkPolicy } from "./network-policy.ts";
import type { LoadedPolicy } from "./policy-file.ts";
import { PolicyStore } from "./policy-store.ts";
import type { Tightening } from "./tightening.ts";

export type PolicyKeeperOptions = {
  home: RunnerHome;
  journal: Journal;
  signing: SigningKeeper;
  onProblem(what: string, error: unknown): void;
  /** Another policy holds from now on. */
  onChange(): void;
  /** Another key asks to sign, or was decided about. */
  onSigners(): void;
};

const keptRefusals = 2_000;

/** The policy of a runner that runs: what holds now, what it refused, and what the server is told of both. */
export class PolicyKeeper {
  readonly #store: PolicyStore;
  readonly #refusals: RefusalLog;
  readonly #reporter: RepeatedReport;
  readonly #signing: SigningKeeper;
  readonly #onProblem: PolicyKeeperOptions["onProblem"];
  readonly #onChange: () => void;
  #ownPort: number | undefined;

  constructor({ home, journal, signing, onProblem, onChange, onSigners }: PolicyKeeperOptions) {
    this.#onProblem = onProblem;
    this.#signing = signing;
    this.#onChange = onChange;
    this.#refusals = new RefusalLog(journal);
    this.#store = new PolicyStore(home, onProblem);
    const state = () => ({ ...policyState(this.loaded, Date.now()), signing: signing.report });
    const onAnswer = (answer: { tightening: unknown; signers?: unknown }) => {
      this.tighten(answer.tightening);
      signing.takeWishes(answer.signers);
    };
    this.#reporter = reportPolicy({ log: this.#refusals, state, onAnswer });
    signing.onChange = () => {
      onSigners();
      this.#reporter.changed();
    };
    this.#store.onChange = () => {
      onChange();
      this.#reporter.changed();
    };
    this.#store.onIgnored = (reasons) => {
      for (const reason of reasons) this.record({ runId: null, ...reason, count: 1, fatal: false, at: Date.now() });
    };
  }

  get loaded(): LoadedPolicy {
    return this.#store.loaded;
  }

  /** Whether runs begin now. */
  readiness(now: number): Readiness {
    return readinessOf(this.loaded, now, this.#store.tightening);
  }

  get network(): NetworkPolicy {
    return { ...this.#store.network, ownPort: this.#ownPort };
  }

  /** What the project asks to refuse beyond the owner's policy. */
  get tightening(): Tightening {
    return this.#store.tightening;
  }

  /** The newest of what was refused. */
  newestRefusals(limit: number): Refusal[] {
    return this.#refusals.newest(limit);
  }

  /** The local page is there from now on: no run may reach it. */
  keepFrom(ownPort: number): void {
    this.#ownPort = ownPort;
    this.#onChange();
  }

  /** Keeps a refusal, and has the server told of it. */
  record(entry: RefusalEntry): void {
    try {
      this.#refusals.add(entry);
    } catch (error) {
      this.#onProblem("a refusal could not be written to the journal", error);
    }
    this.#reporter.changed();
  }

  /** What the project asks to refuse. Bound, so that it can be handed on. */
  readonly tighten = (raw: unknown): void => {
    try {
      this.#store.tighten(raw);
    } catch (error) {
      this.#onProblem("what the project asks to refuse could not be kept yet", error);
    }
  };

  attach(link: Link, { tightening, signers }: Welcome): void {
    // a server that says nothing of it is older, and would not understand a report
    if (tightening === undefined) return;
    this.tighten(tightening);
    this.#signing.takeWishes(signers);
    this.#reporter.attach(link);
  }

  detach(): void {
    this.#reporter.detach();
  }

  prune(): void {
    this.#refusals.prune(keptRefusals);
  }

  close(): void {
    this.#reporter.detach();
    this.#store.close();
  }
}

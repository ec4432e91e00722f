import { readFileSync } from "node:fs";
import { type RunnerHome, writeJsonFile } from "../identity/home.ts";
import { closedPolicy, type NetworkPolicy, type RefusalReason } from "./network-policy.ts";
import { type LoadedPolicy, loadPolicy } from "./policy-file.ts";
import { networkPolicy, noTightening, readTightening, type Tightening } from "./tightening.ts";
import { WatchedFile } from "./watched-file.ts";

/**
 * The policy that holds now, for the process that runs: the owner's file, read again whenever it changes, and the project's tightening,
 * which is kept on the disk so that it holds without a connection too.
 */
export class PolicyStore {
  onChange: () => void = () => {};
  /** The server asked for more than it may. */
  onIgnored: (reasons: RefusalReason[]) => void = () => {};
  readonly #home: RunnerHome;
  readonly #policy: WatchedFile<LoadedPolicy>;
  #tightening: Tightening;
  /** The last words of the server, so that the same are not looked at, and recorded, again. */
  #heard: string | undefined;

  constructor(home: RunnerHome, onProblem: (what: string, error: unknown) => void = () => {}) {
    this.#home = home;
    this.#policy = new WatchedFile(
      home.policyFile,
      () => loadPolicy(home),
      (error) => onProblem("changes of the policy are seen only when a run begins", error),
    );
    this.#policy.onChange = () => this.onChange();
    this.#tightening = readKept(home);
  }

  /** The owner's policy, as the file has it at this moment. */
  get loaded(): LoadedPolicy {
    return this.#policy.value;
  }

  get tightening(): Tightening {
    return this.#tightening;
  }

  get network(): NetworkPolicy {
    const { loaded } = this;
    return loaded.ok ? networkPolicy(loaded.policy, this.#tightening) : { ...closedPolicy, damaged: true };
  }

  /** Takes over what the server asks to refuse; what it may not ask for is passed over, and told to `onIgnored`. */
  tighten(raw: unknown): void {
    const heard = JSON.stringify(raw);
    if (heard === undefined || heard === this.#heard) return;
    const { loaded } = this;
    const read = readTightening(raw, loaded.ok ? loaded.policy : undefined);
    if (!read) {
      this.#heard = heard;
      this.onIgnored([{ kind: "widening", rule: "the server's tightening cannot be read", subject: "tightening" }]);
      return;
    }
    const changed = JSON.stringify(read.tightening) !== JSON.stringify(this.#tightening);
    // on the disk first: what cannot be kept is asked for again with the next report
    if (changed) writeJsonFile(this.#home.tighteningFile, read.tightening);
    this.#heard = heard;
    this.#tightening = read.tightening;
    if (read.ignored.length > 0) this.onIgnored(read.ignored);
    if (changed) this.onChange();
  }

  close(): void {
    this.#policy.close();
  }
}

/** What the project asked last, as it was kept. */
export function readKept(home: RunnerHome): Tightening {
  try {
    return readTightening(JSON.parse(readFileSync(home.tighteningFile, "utf8")), undefined)?.tightening ?? noTightening;
  } catch {
    return noTightening;
  }
}
